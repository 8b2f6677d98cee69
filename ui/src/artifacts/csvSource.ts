/** A CSV file as a table of which only the parts looked at are loaded: the rest of a gigabyte stays where it is. */
import { fetchPiece, type Place } from "../api/artifacts";
import { delimiterOf, isHeader, isNumber, records } from "./csv";
import type { Cell, TableColumn, TableSource } from "./table";

const PIECE = 256 * 1024;
/** A record longer than this is no record: a quote that nobody closed. */
const LONGEST = 8 * 1024 * 1024;
/** Pieces whose rows are kept; the others are read again when they are looked at. */
const KEPT = 24;

interface Chunk {
  start: number;
  end: number;
  firstRow: number;
  rows: number;
}

export type ReadPiece = (start: number, end: number) => Promise<{ bytes: Uint8Array; size: number }>;

export async function csvSource(place: Place, path: string): Promise<TableSource> {
  return csvFrom(path, (start, end) => fetchPiece(place, path, start, end));
}

export async function csvFrom(path: string, read: ReadPiece, piece = PIECE): Promise<TableSource> {
  const chunks: Chunk[] = [];
  const kept = new Map<number, string[][]>();
  const first = await read(0, piece);
  const size = first.size;
  const mark = first.bytes[0] === 0xef && first.bytes[1] === 0xbb && first.bytes[2] === 0xbf ? 3 : 0;
  const line = new TextDecoder().decode(first.bytes.subarray(mark, mark + 8192)).split(/\r?\n/, 1)[0] ?? "";
  const delimiter = delimiterOf(path, line);
  const head = await parsed(mark, 1);
  const titles = head.rows[0] ?? [];
  const headed = isHeader(titles);
  const body = headed ? mark + head.consumed : mark;
  let rest = body; // where the first record begins that has not been seen
  let seen = 0;
  let turn: Promise<unknown> = Promise.resolve(); // one reads on at a time, or records would come twice

  await extend();
  const sample = kept.get(0)?.slice(0, 100) ?? [];
  const width = sample.reduce((most, row) => Math.max(most, row.length), titles.length);
  const columns: TableColumn[] = Array.from({ length: width }, (_, at) => ({
    name: headed ? (titles[at] ?? "") : String(at + 1),
    numeric: sample.length > 0 && sample.every((row) => !row[at] || isNumber(row[at])),
  }));

  return {
    columns,
    get rows() {
      return seen;
    },
    get whole() {
      return rest >= size;
    },
    get estimate() {
      return rest >= size || seen === 0 ? seen : Math.round((seen * (size - body)) / (rest - body));
    },
    async load(start, end): Promise<Cell[][]> {
      turn = turn.then(async () => {
        while (seen < end && rest < size) await extend();
      });
      await turn;
      const found: Cell[][] = [];
      for (let at = chunkOf(start); at < chunks.length; at += 1) {
        const chunk = chunks[at];
        if (!chunk || chunk.firstRow >= end) break;
        const rows = await rowsOf(at, chunk);
        found.push(...rows.slice(Math.max(0, start - chunk.firstRow), end - chunk.firstRow));
      }
      return found;
    },
  };

  /** Records from a byte on; the piece grows until it holds at least one. */
  async function parsed(start: number, most?: number) {
    let length = piece;
    for (;;) {
      const got =
        start === mark && length === piece
          ? { bytes: first.bytes.subarray(mark) }
          : await read(start, start + length);
      const last = start + got.bytes.length >= size || got.bytes.length >= LONGEST;
      const found = records(got.bytes, delimiter, last, most);
      if (found.rows.length > 0 || last) return found;
      length *= 4;
    }
  }

  async function extend(): Promise<void> {
    if (rest >= size) return;
    const found = await parsed(rest);
    const at = chunks.length;
    const end = found.consumed > 0 ? rest + found.consumed : size;
    chunks.push({ start: rest, end, firstRow: seen, rows: found.rows.length });
    keep(at, found.rows);
    seen += found.rows.length;
    rest = end;
  }

  async function rowsOf(at: number, chunk: Chunk): Promise<string[][]> {
    const rows = kept.get(at);
    if (rows) return rows;
    const got = await read(chunk.start, chunk.end);
    const found = records(got.bytes, delimiter, true).rows;
    keep(at, found);
    return found;
  }

  function keep(at: number, rows: string[][]): void {
    kept.delete(at);
    kept.set(at, rows);
    const oldest = kept.keys().next().value;
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
  }

  function chunkOf(row: number): number {
    let low = 0;
    let high = chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((chunks[middle]?.firstRow ?? 0) <= row) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
