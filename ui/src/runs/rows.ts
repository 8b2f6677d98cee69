/**
 * Rows that are known, by the runs' numbers, and the fetching of those that are missing: what is seen first, then what the
 * scrolling leads to. A row is asked for the columns that are seen; with five hundred columns it costs what it costs with twenty.
 */
import type { RunRow } from "../api/types.gen";

/** A metric's number ("NaN" for a NaN), a text, or nothing. */
export type Cell = RunRow["values"][number];

export interface Known {
  readonly run: RunRow;
  readonly cells: ReadonlyMap<string, Cell>;
  /** Told apart from what it was before. */
  readonly version: number;
}

export type RowSource = (ids: number[], columns: string[], signal: AbortSignal) => Promise<RunRow[]>;

const AT_ONCE = 120;
const IN_FLIGHT = 3;
const KEPT = 20_000;
const REST = 2_000;

export class RowStore {
  private readonly rows = new Map<number, Known>();
  private readonly numbers = new Map<string, number>();
  private readonly asked = new Map<number, Set<string>>();
  private readonly stale = new Set<number>();
  private readonly gone = new Set<number>();
  private flying = 0;
  private resting = false;
  private version = 0;
  private needed: { ids: readonly number[]; columns: readonly string[] } = { ids: [], columns: [] };
  private stop = new AbortController();
  problem: unknown = null;

  constructor(
    private readonly source: RowSource,
    private readonly changed: () => void,
  ) {}

  get(id: number | undefined): Known | undefined {
    return id === undefined ? undefined : this.rows.get(id);
  }

  byRunId(runId: string): Known | undefined {
    return this.get(this.numbers.get(runId));
  }

  /** Whether the run has been deleted meanwhile. */
  isGone(id: number): boolean {
    return this.gone.has(id);
  }

  put(rows: readonly RunRow[], columns: readonly string[]): void {
    this.version += 1;
    for (const run of rows) {
      const cells = new Map(this.rows.get(run.id)?.cells);
      for (const [at, column] of columns.entries()) cells.set(column, run.values[at] ?? null);
      this.rows.delete(run.id); // so that it stands among the newest
      this.rows.set(run.id, { run, cells, version: this.version });
      this.numbers.set(run.run_id, run.id);
    }
    this.forget();
    this.changed();
  }

  /** Asks for what these rows lack of these columns. `ids`: the most urgent first. A newer need replaces an older one. */
  need(ids: readonly number[], columns: readonly string[]): void {
    this.needed = { ids, columns };
    this.fetch();
  }

  /** Marks what may have changed, so that it is asked again when it is needed; until then it is shown as it was. */
  refresh(runIds?: readonly string[]): void {
    const ids = runIds ? runIds.flatMap((runId) => this.numbers.get(runId) ?? []) : [...this.rows.keys()];
    for (const id of ids) this.stale.add(id);
    this.fetch();
  }

  close(): void {
    this.stop.abort();
    this.stop = new AbortController();
    this.asked.clear();
    this.flying = 0;
  }

  private fetch(): void {
    if (this.resting) return;
    const { ids, columns } = this.needed;
    let at = 0;
    while (this.flying < IN_FLIGHT && at < ids.length) {
      const some: number[] = [];
      const lacking = new Set<string>();
      while (at < ids.length && some.length < AT_ONCE) {
        const id = ids[at] as number;
        const lacks = this.lacks(id, columns);
        if (lacks) {
          some.push(id);
          for (const column of lacks) lacking.add(column);
        }
        at += 1;
      }
      if (some.length > 0) void this.ask(some, [...lacking]);
    }
  }

  /** What a row lacks: null: nothing; []: only the row itself. */
  private lacks(id: number, columns: readonly string[]): readonly string[] | null {
    if (this.gone.has(id)) return null;
    const asked = this.asked.get(id);
    if (this.stale.has(id) && !asked) return columns;
    const cells = this.rows.get(id)?.cells;
    if (!cells) return asked && columns.every((column) => asked.has(column)) ? null : columns;
    let lacks: string[] | null = null;
    for (const column of columns)
      if (!cells.has(column) && !asked?.has(column)) {
        lacks ??= [];
        lacks.push(column);
      }
    return lacks;
  }

  private async ask(ids: number[], columns: string[]): Promise<void> {
    this.flying += 1;
    const signal = this.stop.signal;
    for (const id of ids) {
      const asked = this.asked.get(id) ?? new Set();
      for (const column of columns) asked.add(column);
      this.asked.set(id, asked);
      this.stale.delete(id);
    }
    try {
      const rows = await this.source(ids, columns, signal);
      const found = new Set(rows.map(({ id }) => id));
      for (const id of ids) if (!found.has(id)) this.gone.add(id);
      this.problem = null;
      this.done(ids, columns);
      this.put(rows, columns);
    } catch (error) {
      if (signal.aborted) return;
      this.problem = error;
      this.done(ids, columns);
      this.resting = true; // a server that does not answer is not asked in every frame
      setTimeout(() => {
        this.resting = false;
        this.fetch();
      }, REST);
      this.changed();
      return;
    }
    this.fetch();
  }

  private done(ids: readonly number[], columns: readonly string[]): void {
    this.flying -= 1;
    for (const id of ids) {
      const asked = this.asked.get(id);
      for (const column of columns) asked?.delete(column);
      if (asked?.size === 0) this.asked.delete(id);
    }
  }

  private forget(): void {
    if (this.rows.size <= KEPT) return;
    const needed = new Set(this.needed.ids);
    for (const [id, { run }] of this.rows) {
      if (this.rows.size <= KEPT / 2) break;
      if (needed.has(id)) continue;
      this.rows.delete(id);
      this.numbers.delete(run.run_id);
    }
  }
}
