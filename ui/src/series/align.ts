/** Curves brought to common places on x, to be averaged, read off and written beside each other. */

/** The place in rising `x` that is nearest to `at`; -1 of nothing. */
export function nearest(x: Float64Array, at: number): number {
  if (x.length === 0) return -1;
  const above = firstFrom(x, at);
  if (above === 0) return 0;
  if (above === x.length) return x.length - 1;
  return at - (x[above - 1] as number) <= (x[above] as number) - at ? above - 1 : above;
}

/** The first place in rising `x` whose value is not below `at`; the length if there is none. */
export function firstFrom(x: Float64Array, at: number): number {
  let low = 0;
  let high = x.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((x[middle] as number) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** `count` places from start to end, evenly apart; the one place where both are the same. */
export function evenly(start: number, end: number, count: number): Float64Array {
  if (!(end > start) || count < 2) return Float64Array.of(start);
  return Float64Array.from({ length: count }, (_, at) => start + ((end - start) * at) / (count - 1));
}

/**
 * A curve's value at each place of a rising grid: the mean of the points around the place where there are several, else
 * the line between its neighbours. NaN outside of the curve, and next to a gap.
 */
export function onGrid(x: Float64Array, y: Float64Array, grid: Float64Array): Float64Array {
  const found = new Float64Array(grid.length).fill(Number.NaN);
  if (x.length === 0) return found;
  const first = x[0] as number;
  const last = x[x.length - 1] as number;
  let from = 0;
  for (let at = 0; at < grid.length; at += 1) {
    const place = grid[at] as number;
    const start = at === 0 ? place : (place + (grid[at - 1] as number)) / 2;
    const end = at === grid.length - 1 ? place : (place + (grid[at + 1] as number)) / 2;
    while (from < x.length && (x[from] as number) < start) from += 1;
    let sum = 0;
    let count = 0;
    for (let one = from; one < x.length && (x[one] as number) <= end; one += 1) {
      const value = y[one] as number;
      if (Number.isFinite(value)) {
        sum += value;
        count += 1;
      }
    }
    if (place < first || place > last) continue;
    found[at] = count > 1 ? sum / count : between(x, y, place);
  }
  return found;
}

function between(x: Float64Array, y: Float64Array, place: number): number {
  const above = Math.min(firstFrom(x, place), x.length - 1);
  const below = Math.max(0, above - 1);
  const [x0, x1] = [x[below] as number, x[above] as number];
  const [y0, y1] = [y[below] as number, y[above] as number];
  if (place === x1 || x1 === x0) return y1; // also where a gap lies before it
  return y0 + ((y1 - y0) * (place - x0)) / (x1 - x0);
}

export interface Mean {
  x: Float64Array;
  y: Float64Array;
  low: Float64Array;
  high: Float64Array;
  /** How many curves each value is the mean of. */
  count: Int32Array;
}

/** The mean of several curves with one standard deviation around it, on a grid; where one curve is left, that curve. */
export function meanOf(curves: readonly { x: Float64Array; y: Float64Array }[], points: number): Mean {
  const full = curves.filter(({ x }) => x.length > 0);
  const grid = gridOf(full, points);
  const values = full.map(({ x, y }) => onGrid(x, y, grid));
  const mean: Mean = {
    x: grid,
    y: new Float64Array(grid.length).fill(Number.NaN),
    low: new Float64Array(grid.length).fill(Number.NaN),
    high: new Float64Array(grid.length).fill(Number.NaN),
    count: new Int32Array(grid.length),
  };
  for (let at = 0; at < grid.length; at += 1) {
    let [count, middle, squares] = [0, 0, 0]; // Welford: no large sums of squares to lose digits in
    for (const column of values) {
      const value = column[at] as number;
      if (!Number.isFinite(value)) continue;
      count += 1;
      const apart = value - middle;
      middle += apart / count;
      squares += apart * (value - middle);
    }
    mean.count[at] = count;
    if (count === 0) continue;
    const deviation = count > 1 ? Math.sqrt(squares / (count - 1)) : 0;
    mean.y[at] = middle;
    mean.low[at] = middle - deviation;
    mean.high[at] = middle + deviation;
  }
  return mean;
}

/** The places that all curves share, if they are few and the same for each; else even ones. */
function gridOf(curves: readonly { x: Float64Array }[], points: number): Float64Array {
  const places = new Set<number>();
  let longest = 0;
  for (const { x } of curves) {
    longest = Math.max(longest, x.length);
    if (places.size <= points) for (const place of x) places.add(place);
  }
  if (places.size <= Math.min(points, longest * 1.5)) return Float64Array.from(places).sort();
  let start = Number.POSITIVE_INFINITY;
  let end = Number.NEGATIVE_INFINITY;
  for (const { x } of curves) {
    start = Math.min(start, x[0] as number);
    end = Math.max(end, x[x.length - 1] as number);
  }
  return evenly(start, end, Math.min(points, Math.max(2, longest)));
}

/**
 * A curve's outline with a stretch of it in full detail: the outline's points before and behind the stretch, the detail's
 * in it. All are points of the curve, so lines lead to where they should also at the edges.
 */
export function withDetail(
  whole: { x: Float64Array; y: Float64Array },
  detail: { x: Float64Array; y: Float64Array },
  start: number,
  end: number,
): { x: Float64Array; y: Float64Array } {
  const before = firstFrom(whole.x, start);
  let behind = firstFrom(whole.x, end);
  while (behind < whole.x.length && (whole.x[behind] as number) <= end) behind += 1;
  return {
    x: joined(whole.x.subarray(0, before), detail.x, whole.x.subarray(behind)),
    y: joined(whole.y.subarray(0, before), detail.y, whole.y.subarray(behind)),
  };
}

function joined(...parts: Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
