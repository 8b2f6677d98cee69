/** A table of which rows are loaded as they are looked at. */

export type Cell = string | number | boolean | null;

export interface TableColumn {
  name: string;
  numeric: boolean;
  /** The type that the file gives it, where it gives one. */
  type?: string;
}

export interface TableSource {
  columns: TableColumn[];
  /** Columns that the file has beyond those. */
  more?: number;
  /** Rows known so far. */
  readonly rows: number;
  /** Whether these are all. */
  readonly whole: boolean;
  /** About how many there are in all. */
  readonly estimate: number;
  /** Rows from `start` up to `end`, fewer where the table ends. */
  load(start: number, end: number): Promise<Cell[][]>;
}

/** The pages that rows from `start` up to `end` are on. */
export function pagesOf(start: number, end: number, size: number): number[] {
  const first = Math.floor(start / size);
  return Array.from({ length: Math.max(0, Math.ceil(end / size) - first) }, (_, at) => first + at);
}

/** Widths in pixels by the longest of the first texts, within reason. */
export function widthsOf(columns: readonly TableColumn[], rows: readonly (readonly Cell[])[]): number[] {
  return columns.map((column, at) => {
    const longest = rows
      .slice(0, 50)
      .reduce((most, row) => Math.max(most, String(row[at] ?? "").length), column.name.length + 2);
    return Math.max(56, Math.min(320, longest * 7.8 + 26));
  });
}
