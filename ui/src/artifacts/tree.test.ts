// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { jsonRows, openedFirst } from "./jsonRows";
import { holdsBytes, looksLikeText, shownAs } from "./kind";
import { notebookOf } from "./notebook";
import { cell } from "./parquetSource";
import { pagesOf } from "./table";
import { plain } from "./terminal";
import { ancestors, type Folders, finder, rowsOf, withPage, withState } from "./tree";

const file = (path: string) => ({ path, is_dir: false, file_size: 1 });
const folder = (path: string) => ({ path, is_dir: true });

test("a folder's rows are those of the pages that came, and one that asks for more", () => {
  let folders: Folders = withPage(new Map(), "", "", { files: [folder("a"), file("z")], next: undefined });
  folders = withPage(folders, "a", "", { files: [file("a/1"), file("a/2")], next: "2" });
  const rows = () =>
    rowsOf(folders, new Set(["a"])).map(({ kind, path, level }) => `${level} ${kind} ${path}`);
  expect(rows()).toEqual(["1 folder a", "2 file a/1", "2 file a/2", "2 more a", "1 file z"]);
  folders = withPage(folders, "a", "2", { files: [file("a/3")], next: undefined });
  expect(rows()).toEqual(["1 folder a", "2 file a/1", "2 file a/2", "2 file a/3", "1 file z"]);
  expect(rowsOf(folders, new Set()).map(({ path }) => path)).toEqual(["a", "z"]);
});

test("a page that fails leaves what came before, and a way to try again", () => {
  let folders: Folders = withPage(new Map(), "", "", { files: [file("a")], next: "a" });
  folders = withState(folders, "", "failed", new Error("no"));
  expect(rowsOf(folders, new Set()).map(({ kind }) => kind)).toEqual(["file", "failed"]);
});

test("a folder of 100,000 files is laid out in an instant", () => {
  const files = Array.from({ length: 100_000 }, (_, at) => file(`many/${at}`));
  const folders = withPage(new Map(), "", "", { files, next: undefined });
  const rows = rowsOf(folders, new Set());
  expect(rows).toHaveLength(100_000);
  expect(rows.at(-1)).toMatchObject({ place: 100_000, siblings: 100_000, name: "99999" });
});

test("files are found by words in any case and order, or by an expression", () => {
  expect(finder("EPOCH 3")("img/epoch-3.png")).toBe(true);
  expect(finder("epoch 4")("img/epoch-3.png")).toBe(false);
  expect(finder("/epoch-\\d+\\.png$/")("img/epoch-31.PNG")).toBe(true);
  expect(finder("/(/")("a(b")).toBe(false);
  expect(ancestors("a/b/c.txt")).toEqual(["a", "a/b"]);
});

test("a file's kind is in its name; what no name says is in its first bytes", () => {
  expect(
    ["a/MLmodel", "Dockerfile", "x.PNG", "t.parquet", "n.ipynb", "p.py"].map((name) => shownAs(name).kind),
  ).toEqual(["text", "text", "picture", "parquet", "notebook", "text"]);
  expect(shownAs("LICENSE")).toEqual({ kind: "unknown" });
  expect(holdsBytes("model.PKL")).toBe(true);
  const text = new TextEncoder();
  expect(looksLikeText(text.encode("ñandú\t\u001b[1m\n"))).toBe(true);
  expect(looksLikeText(text.encode("日本".repeat(1000)).subarray(0, 4097))).toBe(true);
  expect(looksLikeText(new Uint8Array([80, 75, 3, 4, 0, 0]))).toBe(false);
  expect(looksLikeText(new Uint8Array([0xff, 0xfe, 0x41]))).toBe(false);
});

test("a log is what a terminal would show, without its commands", () => {
  expect(plain("\u001b[31mred\u001b[0m \u001b]0;title\u0007end")).toBe("red end");
  expect(plain("10%\r50%\r100%\nnext\r\n")).toBe("100%\nnext\n");
  expect(plain("if (a\u202e) {\u0000")).toBe("if (a\ufffd) {");
});

test("JSON unfolds as far as one is glad to see, and long lists in hundreds", () => {
  expect(openedFirst({ a: { b: 1 }, c: [1, 2] })).toEqual(new Set(["/a", "/c"]));
  expect(openedFirst({ a: Array.from({ length: 90 }, (_, at) => at) }, 60)).toEqual(new Set());
  const long = { list: Array.from({ length: 250 }, (_, at) => at) };
  const spans = jsonRows(long, new Set(["/list"]));
  expect(spans.map(({ name }) => name)).toEqual(["list", "0…99", "100…199", "200…249"]);
  const inside = jsonRows(long, new Set(["/list", "/list/200…249"]));
  expect(inside.at(-1)).toMatchObject({ name: "249", value: "249", level: 3 });
  expect(jsonRows("text", new Set())).toMatchObject([{ value: '"text"', type: "string" }]);
  expect(jsonRows({ "a/b": {}, a: { b: {} } }, new Set(["/a~1b", "/a"])).map(({ id }) => id)).toEqual([
    "/a~1b",
    "/a",
    "/a/b",
  ]);
});

test("a notebook's cells come with their richest outputs, in the formats 3 and 4", () => {
  const notebook = notebookOf({
    metadata: { language_info: { name: "julia" } },
    cells: [
      { cell_type: "markdown", source: ["# A\n", "b"] },
      {
        cell_type: "code",
        execution_count: 2,
        source: "1",
        outputs: [
          { output_type: "stream", name: "stderr", text: ["warn"] },
          { output_type: "display_data", data: { "text/plain": "x", "image/png": "aG\nk=" } },
          { output_type: "execute_result", data: { "text/html": ["<b>", "x</b>"], "text/plain": "x" } },
          { output_type: "error", ename: "E", evalue: "v", traceback: ["\u001b[31mE"] },
          { output_type: "unheard of" },
        ],
      },
    ],
  });
  expect(notebook?.language).toBe("julia");
  expect(notebook?.cells[0]).toMatchObject({ kind: "markdown", text: "# A\nb" });
  expect(notebook?.cells[1]?.outputs).toEqual([
    { kind: "text", text: "warn", bad: true },
    { kind: "picture", type: "image/png", base64: "aGk=" },
    { kind: "html", html: "<b>x</b>" },
    { kind: "text", text: "\u001b[31mE", bad: true },
  ]);
  const old = notebookOf({ worksheets: [{ cells: [{ cell_type: "code", input: ["a"] }] }] });
  expect(old?.cells).toMatchObject([{ kind: "code", text: "a" }]);
  for (const none of [null, 3, [], {}, { cells: 3 }]) expect(notebookOf(none)).toBeNull();
});

test("a cell of Parquet reads as a person writes it", () => {
  expect(
    [12n, 2n ** 60n, new Date("2026-01-02"), new Date("2026-01-02T03:04:05Z"), undefined].map(cell),
  ).toEqual([12, "1152921504606846976", "2026-01-02", "2026-01-02T03:04:05Z", null]);
  expect(cell({ a: [1n] })).toBe('{"a":["1"]}');
  expect(cell(new Uint8Array([1, 255]))).toBe("01ff");
});

test("pages cover what is wanted and no more", () => {
  expect(pagesOf(150, 400, 200)).toEqual([0, 1]);
  expect(pagesOf(400, 401, 200)).toEqual([2]);
  expect(pagesOf(0, 0, 200)).toEqual([]);
});
