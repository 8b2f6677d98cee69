/** The rows of a JSON value as a tree. Long lists are cut into hundreds, so that a million numbers are ten thousand rows at most. */

export interface JsonRow {
  id: string;
  level: number;
  name: string;
  open?: boolean;
  place: number;
  siblings: number;
  /** A leaf's value as text and its type; for what can be opened, how many it holds. */
  value: string;
  type: "string" | "number" | "boolean" | "null" | "object" | "array" | "span";
}

const SPAN = 100;

type Children = { key: string; value: unknown; span?: boolean }[];

export function jsonRows(value: unknown, open: ReadonlySet<string>): JsonRow[] {
  const rows: JsonRow[] = [];
  if (isHolder(value)) add(rows, childrenOf(value), open, "", 1);
  else rows.push(leaf("$", "", value, 1, 1, 1));
  return rows;
}

function add(
  rows: JsonRow[],
  children: Children,
  open: ReadonlySet<string>,
  above: string,
  level: number,
): void {
  children.forEach(({ key, value, span }, at) => {
    const id = `${above}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    if (!isHolder(value)) {
      rows.push(leaf(id, key, value, level, at + 1, children.length));
      return;
    }
    const isOpen = open.has(id);
    const size = Array.isArray(value) ? value.length : Object.keys(value).length;
    rows.push({
      id,
      level,
      name: key,
      open: isOpen,
      place: at + 1,
      siblings: children.length,
      value: String(size),
      type: span ? "span" : Array.isArray(value) ? "array" : "object",
    });
    if (isOpen)
      add(rows, childrenOf(value, span ? Number(key.split("…", 1)[0]) : undefined), open, id, level + 1);
  });
}

/** `from`: the list is a part of another one, from this place on. */
function childrenOf(value: object, from?: number): Children {
  if (!Array.isArray(value))
    return Object.entries(value).map(([key, inner]) => ({ key, value: inner as unknown }));
  const list = value as unknown[];
  if (from !== undefined || list.length <= SPAN)
    return list.map((inner, at) => ({ key: String((from ?? 0) + at), value: inner }));
  return Array.from({ length: Math.ceil(list.length / SPAN) }, (_, at) => {
    const part = list.slice(at * SPAN, (at + 1) * SPAN);
    return { key: `${at * SPAN}…${at * SPAN + part.length - 1}`, value: part, span: true };
  });
}

function leaf(
  id: string,
  name: string,
  value: unknown,
  level: number,
  place: number,
  siblings: number,
): JsonRow {
  const type = value === null ? "null" : (typeof value as "string" | "number" | "boolean");
  return {
    id,
    level,
    name,
    place,
    siblings,
    type,
    value: type === "string" ? JSON.stringify(value) : String(value),
  };
}

function isHolder(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** What is open at the beginning: as many levels as fit into about `most` rows. */
export function openedFirst(value: unknown, most = 60): Set<string> {
  let open = new Set<string>();
  for (;;) {
    const rows = jsonRows(value, open);
    const more = rows.filter((row) => row.open === false && row.type !== "span").map((row) => row.id);
    const next = new Set([...open, ...more]);
    if (more.length === 0 || jsonRows(value, next).length > most) return open;
    open = next;
  }
}
