// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { delimiterOf, isHeader, records } from "./csv";
import { csvFrom } from "./csvSource";

const bytes = (text: string) => new TextEncoder().encode(text);
const TEXT = 'name,note\r\n"Ávila, city","says ""hi""\nand goes"\r\n5" pipe,\r\n\r\n日本,last';
const ROWS = [
  ["name", "note"],
  ["Ávila, city", 'says "hi"\nand goes'],
  ['5" pipe', ""],
  ["日本", "last"],
];

test("quotes hold delimiters, line ends and quotes; elsewhere a quote is a character", () => {
  expect(records(bytes(TEXT), ",", true).rows).toEqual(ROWS);
});

test("wherever a piece is cut, its records and those of the rest are all records", () => {
  const all = bytes(TEXT);
  for (let cut = 0; cut <= all.length; cut += 1) {
    const first = records(all.subarray(0, cut), ",", false);
    const rest = records(all.subarray(first.consumed), ",", true);
    expect([...first.rows, ...rest.rows], `cut at byte ${cut}`).toEqual(ROWS);
  }
});

test("a record that is not over is left for the next piece", () => {
  expect(records(bytes('a,b\n"c'), ",", false)).toEqual({ rows: [["a", "b"]], consumed: 4 });
  expect(records(bytes("a,b\r"), ",", false)).toEqual({ rows: [], consumed: 0 });
});

test("the delimiter is the one that cuts the first line most, outside of quotes", () => {
  expect(delimiterOf("a.csv", '"x,y,z";b;c')).toBe(";");
  expect(delimiterOf("a.csv", "alone")).toBe(",");
  expect(delimiterOf("a.tsv", "a,b")).toBe("\t");
});

test("a first record with a number in it is data", () => {
  expect(isHeader(["a", "b"])).toBe(true);
  expect(isHeader(["a", "1.5"])).toBe(false);
});

function reading(text: string) {
  const all = bytes(text);
  const asked: [number, number][] = [];
  const read = async (start: number, end: number) => {
    asked.push([start, Math.min(end, all.length)]);
    return { bytes: all.subarray(start, end), size: all.length };
  };
  return { read, asked, size: all.length };
}

test("of a long file only what is looked at is read, and what was dropped is read again", async () => {
  const lines = Array.from({ length: 20_000 }, (_, at) => `${at},"value\n${at}"`);
  const { read, asked, size } = reading(`id,text\n${lines.join("\n")}\n`);
  const source = await csvFrom("long.csv", read, 4096);
  expect(source.columns).toEqual([
    { name: "id", numeric: true },
    { name: "text", numeric: false },
  ]);
  expect(source.whole).toBe(false);
  expect(Math.max(...asked.map(([, end]) => end))).toBeLessThan(10_000);
  expect(Math.abs(source.estimate - 20_000)).toBeLessThan(6_000);

  expect(await source.load(19_990, 20_100)).toHaveLength(10);
  expect(source.whole).toBe(true);
  expect(source.rows).toBe(20_000);
  expect(Math.max(...asked.map(([start, end]) => end - start))).toBeLessThan(size / 10);
  expect((await source.load(3, 5)).map((row) => row[1])).toEqual(["value\n3", "value\n4"]);
});

test("a record longer than a piece makes the piece grow", async () => {
  const { read } = reading(`a,b\n"${"x".repeat(5_000)}",1\nshort,2\n`);
  const source = await csvFrom("a.csv", read, 256);
  const rows = await source.load(0, 10);
  expect(rows.map((row) => row[1])).toEqual(["1", "2"]);
});

test("an empty file is a table without columns; a header alone has no rows", async () => {
  const empty = await csvFrom("a.csv", reading("").read);
  expect([empty.columns, empty.rows, empty.whole]).toEqual([[], 0, true]);
  const head = await csvFrom("a.csv", reading("\ufeffa,b\n").read);
  expect([head.columns.map((column) => column.name), await head.load(0, 9)]).toEqual([["a", "b"], []]);
});
