/** Which part of the y axis matters. */

export type Range = readonly [low: number, high: number];

/** From the least to the greatest finite value; null where there is none. */
export function extent(all: Iterable<Float64Array>): Range | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const values of all)
    for (let at = 0; at < values.length; at += 1) {
      const value = values[at] as number;
      if (value < low && value > Number.NEGATIVE_INFINITY) low = value;
      if (value > high && value < Number.POSITIVE_INFINITY) high = value;
    }
  return low <= high ? [low, high] : null;
}

/** Where the middle of all finite values lies: without `share` of them at either end. */
export function withoutOutliers(all: readonly Float64Array[], share = 0.025): Range | null {
  const finite: number[] = [];
  for (const values of all) for (const value of values) if (Number.isFinite(value)) finite.push(value);
  if (finite.length === 0) return null;
  const sorted = Float64Array.from(finite).sort();
  return [quantile(sorted, share), quantile(sorted, 1 - share)];
}

/** The value that `share` of the sorted values lie below, between two of them in proportion (as numpy's default does). */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  if (sorted.length === 0) return Number.NaN;
  const place = (sorted.length - 1) * Math.min(1, Math.max(0, share));
  const below = Math.floor(place);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return low + (high - low) * (place - below);
}

/** A range with air around it; a single value gets room, so that its line is in the middle. */
export function padded([low, high]: Range, log = false, share = 0.05): Range {
  if (log && low > 0) {
    const room = low === high ? 2 : (high / low) ** share;
    return [low / room, high * room];
  }
  if (low === high) {
    const room = Math.abs(low) * 0.1 || 1;
    return [low - room, high + room];
  }
  const room = (high - low) * share;
  return [low - room, high + room];
}
