/** Small curves for cells: asked for together, a frame's worth at a time, and kept while they are looked at. */
import { call } from "../api/call";
import { CURVES } from "../api/types.gen";
import { decodeFrame } from "../series/decode";

export interface SmallCurve {
  x: Float64Array;
  y: Float64Array;
}

type Curve = SmallCurve | null | undefined;
type Source = (runs: string[], keys: string[]) => Promise<ArrayBuffer>;

const WIDTH = 40;
const TOGETHER = 60;
const WAIT = 30;
const KEPT = 3_000;

interface Header {
  series: { run_id: string; key: string; points: number }[];
}

class Sparks {
  private readonly curves = new Map<string, SmallCurve | null>();
  private readonly ears = new Map<string, Set<() => void>>();
  private readonly due = new Map<string, Set<string>>();
  private timer = 0;

  constructor(private readonly source: Source) {}

  get(run: string, key: string): Curve {
    return this.curves.get(`${run} ${key}`);
  }

  /** Calls `tick` when the curve has come. A live run's curve is asked for anew. */
  follow(run: string, key: string, live: boolean, tick: () => void): () => void {
    const name = `${run} ${key}`;
    const ears = this.ears.get(name) ?? new Set();
    this.ears.set(name, ears.add(tick));
    if (live || !this.curves.has(name)) this.ask(run, key);
    return () => {
      ears.delete(tick);
      if (ears.size === 0 && this.ears.get(name) === ears) this.ears.delete(name);
    };
  }

  /** Asks again for the curves of runs that are being looked at. */
  refresh(runs: readonly string[]): void {
    const changed = new Set(runs);
    for (const name of this.ears.keys()) {
      const [run = "", ...key] = name.split(" ");
      if (changed.has(run)) this.ask(run, key.join(" "));
    }
  }

  private ask(run: string, key: string): void {
    const runs = this.due.get(key) ?? new Set();
    this.due.set(key, runs.add(run));
    if (!this.timer) this.timer = setTimeout(() => void this.fetch(), WAIT) as unknown as number;
  }

  private async fetch(): Promise<void> {
    this.timer = 0;
    const due = [...this.due];
    this.due.clear();
    for (const [key, runs] of due) {
      const looked = [...runs].filter((run) => this.ears.has(`${run} ${key}`));
      for (let at = 0; at < looked.length; at += TOGETHER) {
        const some = looked.slice(at, at + TOGETHER);
        try {
          this.put(some, key, await this.source(some, [key]));
        } catch {
          // A small curve that does not come leaves its cell as it is; the row's own problem is told elsewhere.
        }
      }
    }
  }

  private put(runs: string[], key: string, bytes: ArrayBuffer): void {
    const { header, columns } = decodeFrame<Header>(bytes);
    const [x, y] = [columns.get("x"), columns.get("y")];
    const found = new Map<string, SmallCurve>();
    let from = 0;
    for (const { run_id, points } of header.series) {
      const to = from + points;
      if (x && y)
        found.set(run_id, {
          x: Float64Array.from(x.subarray(from, to)),
          y: Float64Array.from(y.subarray(from, to)),
        });
      from = to;
    }
    if (this.curves.size > KEPT) this.curves.clear();
    for (const run of runs) {
      const name = `${run} ${key}`;
      this.curves.set(name, found.get(run) ?? null);
      for (const tick of this.ears.get(name) ?? []) tick();
    }
  }
}

export const sparks = new Sparks((run_ids, keys) => call(CURVES, { run_ids, keys, width: WIDTH }));

/** The curve as a path in a box of 100 × 20. */
export function pathOf({ x, y }: SmallCurve): string {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of y)
    if (Number.isFinite(value)) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  const [start = 0, end = 0] = [x[0], x[x.length - 1]];
  const [wide, tall] = [end - start || 1, high - low || 1];
  let path = "";
  let up = true;
  for (let at = 0; at < y.length; at += 1) {
    const value = y[at] ?? Number.NaN;
    if (!Number.isFinite(value)) {
      up = true;
      continue;
    }
    const px = (((x[at] ?? 0) - start) / wide) * 100;
    const py = high === low ? 10 : 18 - ((value - low) / tall) * 16;
    path += `${up ? "M" : "L"}${px.toFixed(1)} ${py.toFixed(1)}`;
    up = false;
  }
  return x.length === 1 && path ? `M0 10L100 10` : path;
}
