/** A Parquet file as a table: its footer, and of its rows those that are looked at. */
import { fetchPiece, type Place } from "../api/artifacts";
import type { Cell, TableSource } from "./table";

const MOST_COLUMNS = 200;

export async function parquetSource(place: Place, path: string): Promise<TableSource> {
  const [{ parquetMetadataAsync, parquetReadObjects, parquetSchema }, { compressors }] = await Promise.all([
    import("hyparquet"),
    import("./compressors"),
  ]);
  const { size } = await fetchPiece(place, path, 0, 1);
  const file = {
    byteLength: size,
    slice: async (start: number, end = size) => {
      const from = start < 0 ? size + start : start;
      const { bytes } = await fetchPiece(place, path, from, end);
      return bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer;
    },
  };
  const metadata = await parquetMetadataAsync(file);
  const rows = Number(metadata.num_rows);
  const fields = parquetSchema(metadata).children;
  const shown = fields.slice(0, MOST_COLUMNS);
  const names = shown.map(({ element }) => element.name);
  return {
    columns: shown.map(({ element, children }) => ({
      name: element.name,
      type: children.length > 0 ? "struct" : (element.logical_type?.type ?? element.type ?? "").toLowerCase(),
      numeric:
        children.length === 0 &&
        /^(INT|FLOAT|DOUBLE)/.test(element.type ?? "") &&
        !/DATE|TIME/.test(element.logical_type?.type ?? element.converted_type ?? ""),
    })),
    more: fields.length - shown.length,
    rows,
    whole: true,
    estimate: rows,
    async load(start, end) {
      const found = await parquetReadObjects({
        file,
        metadata,
        columns: names,
        rowStart: start,
        rowEnd: Math.min(end, rows),
        compressors,
      });
      return found.map((row) => names.map((name) => cell((row as Record<string, unknown>)[name])));
    },
  };
}

/** What a cell shows of a value: nested ones as JSON, moments as ISO writes them. */
export function cell(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Date) return value.toISOString().replace("T00:00:00.000Z", "").replace(".000Z", "Z");
  if (value instanceof Uint8Array)
    return Array.from(value.subarray(0, 32), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? String(inner) : inner));
}
