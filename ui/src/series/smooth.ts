/**
 * A curve made calm: an exponential moving average that knows how far points are apart, so that a curve that was thinned,
 * logged irregularly or zoomed into is smoothed over the same stretch of x as before.
 *
 *     decay over Δx = amount ^ (Δx / unit)          one unit apart: the classic factor that people know
 *     mean ← decay · mean + (1 - decay) · y         divided by the same sum of ones, so that the start is not pulled to 0
 */

/**
 * Args: x, not falling; y, NaN a gap that stays one; amount, 0 (nothing is done) up to 1 (excluded); unit, see `unitOf`.
 * Returns: one value per point; `y` itself where nothing is done.
 */
export function smoothed(x: Float64Array, y: Float64Array, amount: number, unit: number): Float64Array {
  if (!(amount > 0) || y.length < 2) return y;
  const factor = Math.min(amount, 0.999);
  const calm = new Float64Array(y.length);
  let mean = 0;
  let weight = 0;
  let before = Number.NaN;
  for (let at = 0; at < y.length; at += 1) {
    const value = y[at] as number;
    if (!Number.isFinite(value)) {
      calm[at] = value;
      continue;
    }
    const place = x[at] as number;
    const apart = Number.isNaN(before) || !(unit > 0) ? 1 : (place - before) / unit;
    const decay = factor ** apart;
    // Points at the same x (apart = 0) would have no say: they share their place's weight.
    const share = apart > 0 ? 1 - decay : (1 - factor) * 0.5;
    mean = (1 - share) * mean + share * value;
    weight = (1 - share) * weight + share;
    calm[at] = mean / weight;
    before = place;
  }
  return calm;
}

const UNITS = 1_000;

/** What "one point apart" means: the mean distance of a whole curve's points, or a thousandth of it where there are more. */
export function unitOf(span: number, count: number): number {
  return count < 2 ? 1 : span / Math.min(count - 1, UNITS);
}
