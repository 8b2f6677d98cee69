/**
 * As much of YAML as MLmodel files are written in: block mappings and lists, plain and quoted scalars that go over several
 * lines, block scalars, and empty `{}` and `[]`. What it does not know (anchors, tags) stays a text. Nothing is built but
 * plain values; keys lie in maps without a prototype.
 */

export type Yaml = null | boolean | number | string | Yaml[] | { [key: string]: Yaml };

interface Reader {
  lines: { indent: number; text: string; raw: string }[];
  at: number;
  depth: number;
}

const DEEPEST = 64;

/** Throws a SyntaxError that names the line. */
export function parseYaml(text: string): Yaml {
  const lines = text.split(/\r?\n/).map((raw) => ({
    indent: raw.length - raw.trimStart().length,
    text: /^\s*(#|---|%)/.test(raw) ? "" : raw.trim(),
    raw,
  }));
  const reader: Reader = { lines, at: 0, depth: 0 };
  const found = node(reader, 0);
  skip(reader);
  if (reader.at < lines.length)
    throw new SyntaxError(`line ${reader.at + 1} does not fit: ${lines[reader.at]?.text}`);
  return found;
}

const KEY = /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s"'[\]{}#&*!|>@`,-][^#]*?|-[^\s][^#]*?)\s*:(?:\s+(.*))?$/;

function node(reader: Reader, indent: number): Yaml {
  skip(reader);
  const line = reader.lines[reader.at];
  if (!line || line.indent < indent) return null;
  reader.depth += 1;
  if (reader.depth > DEEPEST) throw new SyntaxError(`line ${reader.at + 1} is nested too deep`);
  const found =
    line.text === "-" || line.text.startsWith("- ")
      ? list(reader, line.indent)
      : KEY.test(line.text)
        ? mapping(reader, line.indent)
        : scalar(reader, line.text, indent - 1);
  reader.depth -= 1;
  return found;
}

function mapping(reader: Reader, indent: number): Yaml {
  const found: { [key: string]: Yaml } = Object.create(null) as { [key: string]: Yaml };
  for (;;) {
    skip(reader);
    const line = reader.lines[reader.at];
    const match = line && line.indent === indent ? KEY.exec(line.text) : null;
    if (!match?.[1]) return found;
    const rest = match[2]?.trim() ?? "";
    found[keyOf(match[1])] = value(reader, rest, indent);
  }
}

function list(reader: Reader, indent: number): Yaml {
  const found: Yaml[] = [];
  for (;;) {
    skip(reader);
    const line = reader.lines[reader.at];
    if (!line || line.indent !== indent || !(line.text === "-" || line.text.startsWith("- "))) return found;
    const rest = line.text.slice(1).trim();
    if (rest && (KEY.test(rest) || rest.startsWith("- "))) {
      // What stands behind the dash begins a block of its own, further in.
      const inner = indent + line.text.length - rest.length;
      reader.lines[reader.at] = { indent: inner, text: rest, raw: " ".repeat(inner) + rest };
      found.push(node(reader, inner));
    } else found.push(value(reader, rest, indent));
  }
}

/** What stands behind a key or a dash, on its line or below it. */
function value(reader: Reader, rest: string, indent: number): Yaml {
  if (rest === "" || rest.startsWith("#")) {
    reader.at += 1;
    skip(reader);
    const next = reader.lines[reader.at];
    if (!next) return null;
    // A list may stand as far out as its key.
    if (next.indent === indent && (next.text === "-" || next.text.startsWith("- ")))
      return list(reader, indent);
    return next.indent > indent ? node(reader, indent + 1) : null;
  }
  if (/^[|>][+-]?\d?$/.test(rest)) return block(reader, rest, indent);
  return scalar(reader, rest, indent);
}

function scalar(reader: Reader, first: string, indent: number): Yaml {
  reader.at += 1;
  if (first.startsWith("'") || first.startsWith('"')) return quoted(reader, first);
  let text = first.replace(/\s+#.*$/, "");
  for (
    let line = reader.lines[reader.at];
    line?.text && line.indent > indent;
    line = reader.lines[reader.at]
  ) {
    text += ` ${line.text}`;
    reader.at += 1;
  }
  return plain(text);
}

function quoted(reader: Reader, first: string): string {
  const mark = first[0] ?? "";
  const closed = mark === "'" ? /^'(?:[^']|'')*'/ : /^"(?:[^"\\]|\\[\s\S])*"/;
  let text = first;
  while (!closed.test(text)) {
    const line = reader.lines[reader.at];
    if (!line) throw new SyntaxError("a quote is not closed");
    reader.at += 1;
    const next = line.raw.trim();
    if (mark === '"' && text.endsWith("\\")) text = text.slice(0, -1) + next.replace(/^\\ /, " ");
    else if (next === "") text += "\n";
    else text += text.endsWith("\n") ? next : ` ${next}`;
  }
  const inside = (closed.exec(text)?.[0] ?? "").slice(1, -1);
  return mark === "'" ? inside.replaceAll("''", "'") : unescaped(inside);
}

function block(reader: Reader, head: string, indent: number): string {
  reader.at += 1;
  const found: string[] = [];
  let inner = -1;
  for (let line = reader.lines[reader.at]; line; line = reader.lines[reader.at]) {
    const blank = line.raw.trim() === "";
    if (!blank && line.indent <= indent) break;
    if (inner < 0 && !blank) inner = line.indent;
    found.push(blank ? "" : line.raw.slice(inner));
    reader.at += 1;
  }
  while (found.at(-1) === "") found.pop();
  const text = head.startsWith("|") ? found.join("\n") : found.join("\n").replace(/([^\n])\n(?!\n)/g, "$1 ");
  return head.includes("-") || found.length === 0 ? text : `${text}\n`;
}

function plain(text: string): Yaml {
  if (/^(~|null|Null|NULL)?$/.test(text)) return null;
  if (/^(true|True|TRUE)$/.test(text)) return true;
  if (/^(false|False|FALSE)$/.test(text)) return false;
  if (/^[-+]?(\d[\d_]*)(\.\d*)?([eE][-+]?\d+)?$/.test(text)) return Number(text.replaceAll("_", ""));
  if (/^[[{]/.test(text)) {
    try {
      return JSON.parse(text) as Yaml;
    } catch {
      return text;
    }
  }
  return text;
}

const ESCAPES: Record<string, string> = { n: "\n", t: "\t", r: "\r", "0": "\0", e: "\u001b", _: "\u00a0" };

function unescaped(text: string): string {
  return text.replace(/\\(?:x(..)|u(....)|U(........)|([\s\S]))/g, (_, two, four, eight, one: string) => {
    const code = (two ?? four ?? eight) as string | undefined;
    return code ? String.fromCodePoint(Number.parseInt(code, 16)) : (ESCAPES[one] ?? one);
  });
}

function keyOf(text: string): string {
  if (text.startsWith("'")) return text.slice(1, -1).replaceAll("''", "'");
  return text.startsWith('"') ? unescaped(text.slice(1, -1)) : text;
}

function skip(reader: Reader): void {
  while (reader.lines[reader.at]?.text === "") reader.at += 1;
}
