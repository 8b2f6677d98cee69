/** What a line chart is given, and what follows from it without drawing. */

import { duration, moment, number } from "../kit/format";
import { firstFrom, nearest } from "../series/align";
import { extent, padded, type Range, withoutOutliers } from "../series/outliers";
import {
  logTicks,
  numberLabels,
  relativeLabels,
  relativeTicks,
  ticks,
  timeLabels,
  timeTicks,
} from "../series/ticks";

export type XKind = "step" | "time" | "relative";

export interface LineSeries {
  key: string;
  label: string;
  /** CSS, also a token: `var(--series-3)`. */
  colour: string;
  /** Rising. */
  x: Float64Array;
  /** NaN is a gap. */
  y: Float64Array;
  dash?: number[] | undefined;
  /** Stands behind the others and is not spoken of: the raw line below a smoothed one. */
  faint?: boolean;
  /** A band around the line, at the same x. */
  low?: Float64Array;
  high?: Float64Array;
  /** Where the curve begins and ends, if its first and last point were left out of an outline. */
  span?: Range;
  /** The run (or group) that stands out as one; the key by default. */
  run?: string;
}

export function runOf(series: LineSeries): string {
  return series.run ?? series.key;
}

/** What all series span on x; where x is logarithmic, of what lies above 0. Null: there is nothing to draw. */
export function spanOf(series: readonly LineSeries[], log: boolean): Range | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const { x, span } of series) {
    if (span && span[0] > (log ? 0 : Number.NEGATIVE_INFINITY)) {
      low = Math.min(low, span[0]);
      high = Math.max(high, span[1]);
      continue;
    }
    const from = log ? firstFrom(x, Number.MIN_VALUE) : 0;
    if (from >= x.length) continue;
    low = Math.min(low, x[from] as number);
    high = Math.max(high, x[x.length - 1] as number);
  }
  return low <= high ? [low, high] : null;
}

/** A span that can be an axis: a single place gets room on both sides. */
export function widened([low, high]: Range, log: boolean): Range {
  return low === high ? padded([low, high], log) : [low, high];
}

/** What the y axis shows of the stretch [start, end] of x. */
export function heightOf(
  series: readonly LineSeries[],
  [start, end]: Range,
  log: boolean,
  ignoreOutliers: boolean,
): Range {
  const seen: Float64Array[] = [];
  for (const { x, y, low, high } of series) {
    // One point more on either side, so that a line that crosses the stretch is in view.
    const from = Math.max(0, firstFrom(x, start) - 1);
    const to = Math.min(x.length, firstFrom(x, end) + 1);
    for (const values of [y, low, high]) if (values) seen.push(values.subarray(from, to));
  }
  const positive = log ? seen.map((values) => values.filter((value) => value > 0)) : seen;
  const found = ignoreOutliers ? withoutOutliers(positive) : extent(positive);
  if (!found) return log ? [0.1, 1] : [0, 1];
  return padded(found, log);
}

export interface Readout {
  series: LineSeries;
  at: number;
  x: number;
  y: number;
}

/** The point of each series that is nearest to a place on x; none where the series has ended far before, or begins far behind. */
export function readouts(series: readonly LineSeries[], place: number, reach: number): Readout[] {
  const found: Readout[] = [];
  for (const one of series) {
    if (one.faint) continue;
    const at = nearest(one.x, place);
    if (at < 0) continue;
    const [x, y] = [one.x[at] as number, one.y[at] as number];
    const within =
      place >= (one.x[0] as number) - reach && place <= (one.x[one.x.length - 1] as number) + reach;
    if (within && !Number.isNaN(y)) found.push({ series: one, at, x, y });
  }
  return found;
}

export function xTicks(kind: XKind, log: boolean, low: number, high: number, count: number): number[] {
  if (log) return logTicks(low, high, count);
  if (kind === "time") return timeTicks(low, high, count);
  if (kind === "relative") return relativeTicks(low, high, count);
  const marks = ticks(low, high, count);
  const whole = marks.filter(Number.isInteger); // there is no half step
  return whole.length > 0 ? whole : marks;
}

export function xLabels(kind: XKind, places: readonly number[], language: string): string[] {
  if (kind === "time") return timeLabels(places, language);
  return kind === "relative" ? relativeLabels(places) : numberLabels(places);
}

/** One place on x in full. Between two steps, the nearer one. */
export function xText(kind: XKind, place: number): string {
  if (kind === "time") return moment(place);
  return kind === "relative" ? duration(place) : number(Math.round(place), 12);
}

/** Dashes that tell series of one colour apart. */
export const DASHES: readonly (number[] | undefined)[] = [undefined, [6, 4], [2, 3], [10, 3, 2, 3]];
