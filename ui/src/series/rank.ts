/**
 * How values go together. Ranks instead of values: they ask only whether one rises with the other, bent or straight, and one
 * wild value weighs as much as any other.
 */

/** Ranks from 1; equal values share the mean of their places. */
export function ranks(values: ArrayLike<number>): Float64Array {
  const order = Array.from({ length: values.length }, (_, at) => at).sort(
    (one, other) => (values[one] as number) - (values[other] as number),
  );
  const found = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to] as number] === values[order[from] as number]) to += 1;
    for (let at = from; at < to; at += 1) found[order[at] as number] = (from + 1 + to) / 2;
    from = to;
  }
  return found;
}

/** Pearson's correlation; null where one side does not vary. */
export function pearson(one: ArrayLike<number>, other: ArrayLike<number>): number | null {
  const n = one.length;
  if (!varies(one) || !varies(other)) return null;
  const [meanOne, meanOther] = [mean(one), mean(other)];
  let [both, squaresOne, squaresOther] = [0, 0, 0];
  for (let at = 0; at < n; at += 1) {
    const a = (one[at] as number) - meanOne;
    const b = (other[at] as number) - meanOther;
    both += a * b;
    squaresOne += a * a;
    squaresOther += b * b;
  }
  const size = Math.sqrt(squaresOne * squaresOther);
  if (!(size > 0)) return null;
  return Math.max(-1, Math.min(1, both / size));
}

function varies(values: ArrayLike<number>): boolean {
  for (let at = 1; at < values.length; at += 1) if (values[at] !== values[0]) return true;
  return false;
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < values.length; at += 1) sum += values[at] as number;
  return sum / values.length;
}

export interface Correlation {
  /** Spearman's rho; null where it does not exist. */
  rho: number | null;
  /** Pairs that have both values. */
  n: number;
}

/** Spearman's rank correlation over the pairs in which both are finite. */
export function spearman(one: ArrayLike<number>, other: ArrayLike<number>): Correlation {
  const [a, b]: [number[], number[]] = [[], []];
  for (let at = 0; at < one.length; at += 1)
    if (Number.isFinite(one[at]) && Number.isFinite(other[at])) {
      a.push(one[at] as number);
      b.push(other[at] as number);
    }
  return { rho: a.length < 3 ? null : pearson(ranks(a), ranks(b)), n: a.length };
}

/** Each column with each: rows of correlations in the columns' order, 1 on the diagonal where a column varies. */
export function correlations(columns: readonly ArrayLike<number>[]): Correlation[][] {
  const found: Correlation[][] = columns.map(() => []);
  for (let row = 0; row < columns.length; row += 1)
    for (let column = 0; column <= row; column += 1) {
      const one = spearman(columns[row] as ArrayLike<number>, columns[column] as ArrayLike<number>);
      (found[row] as Correlation[])[column] = one;
      (found[column] as Correlation[])[row] = one;
    }
  return found;
}
