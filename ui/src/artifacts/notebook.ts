/** What a Jupyter notebook holds, as cells to draw. Whatever else its file says is left aside. */

export type Output =
  | { kind: "text"; text: string; bad: boolean }
  | { kind: "html"; html: string }
  | { kind: "markdown"; text: string }
  | { kind: "picture"; type: string; base64: string }
  | { kind: "svg"; text: string }
  | { kind: "json"; value: unknown };

export interface NotebookCell {
  kind: "markdown" | "code" | "raw";
  text: string;
  count: number | null;
  outputs: Output[];
}

export interface Notebook {
  language: string;
  cells: NotebookCell[];
}

type Json = Record<string, unknown>;

/** Null: it is no notebook. */
export function notebookOf(value: unknown): Notebook | null {
  if (!isJson(value)) return null;
  // Format 3 kept its cells in worksheets, and the code under another name.
  const sheet = Array.isArray(value.worksheets) ? (value.worksheets as unknown[])[0] : undefined;
  const cells = Array.isArray(value.cells) ? value.cells : isJson(sheet) ? sheet.cells : undefined;
  if (!Array.isArray(cells)) return null;
  const metadata = isJson(value.metadata) ? value.metadata : {};
  const info = isJson(metadata.language_info) ? metadata.language_info : {};
  return {
    language: typeof info.name === "string" ? info.name : "python",
    cells: cells.filter(isJson).map(cellOf),
  };
}

function cellOf(raw: Json): NotebookCell {
  const kind = raw.cell_type === "markdown" || raw.cell_type === "code" ? raw.cell_type : "raw";
  return {
    kind,
    text: joined(raw.source ?? raw.input),
    count: typeof raw.execution_count === "number" ? raw.execution_count : null,
    outputs: Array.isArray(raw.outputs) ? raw.outputs.filter(isJson).flatMap(outputOf) : [],
  };
}

function outputOf(raw: Json): Output[] {
  if (raw.output_type === "stream")
    return [{ kind: "text", text: joined(raw.text), bad: raw.name === "stderr" }];
  if (raw.output_type === "error" || raw.output_type === "pyerr") {
    const trace = Array.isArray(raw.traceback) ? raw.traceback.join("\n") : `${raw.ename}: ${raw.evalue}`;
    return [{ kind: "text", text: trace, bad: true }];
  }
  return richest(isJson(raw.data) ? raw.data : raw);
}

/** Of the forms that an output was kept in, the one that shows most. */
function richest(data: Json): Output[] {
  for (const type of ["image/png", "image/jpeg", "image/gif", "image/webp"])
    if (data[type]) return [{ kind: "picture", type, base64: joined(data[type]).replace(/\s/g, "") }];
  if (data["image/svg+xml"]) return [{ kind: "svg", text: joined(data["image/svg+xml"]) }];
  if (data["text/html"]) return [{ kind: "html", html: joined(data["text/html"]) }];
  if (data["text/markdown"]) return [{ kind: "markdown", text: joined(data["text/markdown"]) }];
  if (data["application/json"]) return [{ kind: "json", value: data["application/json"] }];
  if (data["text/plain"]) return [{ kind: "text", text: joined(data["text/plain"]), bad: false }];
  return [];
}

/** Texts are written as one, or as a list of lines. */
function joined(value: unknown): string {
  return Array.isArray(value) ? value.join("") : typeof value === "string" ? value : "";
}

function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
