/** Outlines as lines: smoothed with the raw one faint behind, or the mean of each group with a band. */
import type { Outline } from "../api/curves";
import { meanOf } from "../series/align";
import { smoothed, unitOf } from "../series/smooth";
import { DASHES, type LineSeries } from "./lines";
import type { CurveOptions, RunGroup, ShownRun } from "./shown";

interface Wanted {
  runs: readonly ShownRun[];
  keys: readonly string[];
  hidden?: ReadonlySet<string> | undefined;
  groups?: readonly RunGroup[] | undefined;
  options: CurveOptions;
  /** px: how many points a mean has at most. */
  width: number;
}

export function seriesOf(outlines: readonly Outline[], wanted: Wanted): LineSeries[] {
  return wanted.groups?.length ? meanSeries(outlines, wanted) : runSeries(outlines, wanted);
}

function runSeries(outlines: readonly Outline[], { runs, keys, hidden, options }: Wanted): LineSeries[] {
  const found: LineSeries[] = [];
  const known = new Map(outlines.map((outline) => [`${outline.runId} ${outline.key}`, outline]));
  const used = new Map<string, number>();
  for (const { run_id, label, colour } of runs) {
    if (hidden?.has(run_id)) continue;
    // Runs beyond the number of colours share them: a dash tells them apart. With several metrics, dashes are theirs.
    const same = used.get(colour) ?? 0;
    used.set(colour, same + 1);
    keys.forEach((key, at) => {
      const outline = known.get(`${run_id} ${key}`);
      if (!outline) return;
      const line: LineSeries = {
        key: `${run_id} ${key}`,
        run: run_id,
        label: keys.length > 1 ? `${label} · ${key}` : label,
        colour,
        dash: DASHES[(keys.length > 1 ? at : same) % DASHES.length],
        x: outline.x,
        y: outline.y,
        span: [outline.xMin, outline.xMax],
      };
      found.push(...calm(line, outline, options.smooth));
    });
  }
  return found;
}

function meanSeries(
  outlines: readonly Outline[],
  { keys, hidden, groups = [], options, width }: Wanted,
): LineSeries[] {
  const found: LineSeries[] = [];
  for (const group of groups) {
    keys.forEach((key, at) => {
      const members = outlines.filter(
        (one) => one.key === key && group.run_ids.includes(one.runId) && !hidden?.has(one.runId),
      );
      if (members.length === 0) return;
      const mean = meanOf(members, Math.max(50, Math.floor(width / 2)));
      const smooth = (values: Float64Array) =>
        smoothed(mean.x, values, options.smooth, unitOf(spanOf(mean.x), mean.x.length));
      found.push({
        key: `${group.key} ${key}`,
        run: group.key,
        label: keys.length > 1 ? `${group.label} · ${key}` : group.label,
        colour: group.colour,
        dash: keys.length > 1 ? DASHES[at % DASHES.length] : undefined,
        x: mean.x,
        y: smooth(mean.y),
        low: smooth(mean.low),
        high: smooth(mean.high),
      });
    });
  }
  return found;
}

function calm(line: LineSeries, outline: Outline, amount: number): LineSeries[] {
  if (!(amount > 0) || outline.count < 3) return [line];
  const unit = unitOf(outline.xMax - outline.xMin, outline.count);
  const raw: LineSeries = { ...line, key: `${line.key} raw`, faint: true, dash: undefined };
  return [raw, { ...line, y: smoothed(outline.x, outline.y, amount, unit) }];
}

function spanOf(x: Float64Array): number {
  return x.length < 2 ? 0 : (x[x.length - 1] as number) - (x[0] as number);
}

export interface CurveFacts {
  key: string;
  label: string;
  colour: string;
  count: number;
  first: number;
  last: number;
  min: number;
  max: number;
}

/** What a curve comes to, for those who read instead of looking. Its least and greatest value are exact. */
export function factsOf(
  outlines: readonly Outline[],
  runs: readonly ShownRun[],
  hidden?: ReadonlySet<string>,
): CurveFacts[] {
  const shown = new Map(runs.map((run) => [run.run_id, run]));
  const several = new Set(outlines.map(({ key }) => key)).size > 1;
  return outlines.flatMap(({ runId, key, count, y }) => {
    const run = shown.get(runId);
    if (!run || hidden?.has(runId)) return [];
    let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const value of y) {
      if (value < min) min = value;
      if (value > max) max = value;
    }
    const label = several ? `${run.label} · ${key}` : run.label;
    const { colour } = run;
    const [first, last] = [y[0] ?? Number.NaN, y[y.length - 1] ?? Number.NaN];
    return [{ key: `${runId} ${key}`, label, colour, count, first, last, min, max }];
  });
}
