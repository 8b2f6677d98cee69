/** A comparison as a file: a column for each run, a row for each line. */
import type { Line } from "./lines";

export type Format = "csv" | "json" | "markdown";

export interface Column {
  run_id: string;
  name: string;
}

export function exported(format: Format, runs: readonly Column[], lines: readonly Line[]): string {
  if (format === "json") return asJson(runs, lines);
  const rows = [
    ["section", "key", ...runs.map(({ name }) => name)],
    ["run", "run_id", ...runs.map(({ run_id }) => run_id)],
    ...lines.map(({ section, key, values }) => [section, key, ...values.map((value) => value ?? "")]),
  ];
  if (format === "csv") return `${rows.map((row) => row.map(csvCell).join(",")).join("\r\n")}\r\n`;
  const [head = [], ...rest] = rows.map((row) => `| ${row.map(markdownCell).join(" | ")} |`);
  return `${[head, `|${" --- |".repeat(runs.length + 2)}`, ...rest].join("\n")}\n`;
}

function asJson(runs: readonly Column[], lines: readonly Line[]): string {
  const found = runs.map(({ run_id, name }, at) => {
    const run: Record<string, unknown> = { run_id, name };
    for (const { section, key, values, kind } of lines) {
      const value = values[at];
      if (value === null || value === undefined) continue;
      const part = (run[section] ?? Object.create(null)) as Record<string, unknown>;
      run[section] = part;
      const number = Number(value);
      part[key] = kind !== "text" && kind !== "status" && Number.isFinite(number) ? number : value;
    }
    return run;
  });
  return `${JSON.stringify({ runs: found }, null, 2)}\n`;
}

/** What a spreadsheet would take for a formula begins with an apostrophe; negative numbers stay numbers. */
export function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^[+-]?(\d|\.\d)[\d.eE+-]*$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function markdownCell(text: string): string {
  return text.replace(/[\\|<>[\]`*_]/g, "\\$&").replace(/\s+/g, " ");
}
