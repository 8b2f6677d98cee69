/**
 * Which params go together with a metric, as shares of its (ranked) variance from 0 to 1. Two measures:
 *
 *     rank      rho², Spearman's rank correlation squared: for numbers, if the metric rises or falls with them
 *     variance  ε², what the means of groups explain, less what as many random groups would: for texts, a group for each;
 *               for numbers, groups of about equal size, so that a best value in the middle is seen, too
 *
 * Of a number, the larger one counts. It says that they go together, not that one makes the other: params that were set
 * together share their importance.
 */
import { ranks, spearman } from "./rank";

export interface Param {
  name: string;
  /** Numbers with NaN for a gap, or texts with null. */
  values: ArrayLike<number> | readonly (string | null)[];
}

export interface Importance {
  name: string;
  /** 0 to 1. */
  share: number;
  method: "rank" | "variance";
  /** Spearman's rho, of numbers. */
  rho: number | null;
  /** Groups that were compared; 0 where only ranks were. */
  groups: number;
  /** Runs that have both. */
  n: number;
}

const FEWEST = 5;
const BINS = 5;

/** The most important first. Params that do not vary, or that fewer than five runs have with the metric, are left out. */
export function importances(params: readonly Param[], metric: ArrayLike<number>): Importance[] {
  const found = params.flatMap(({ name, values }) => {
    const one = isNumbers(values) ? ofNumbers(values, metric) : ofTexts(values, metric);
    return one ? [{ name, ...one }] : [];
  });
  return found.sort((one, other) => other.share - one.share || one.name.localeCompare(other.name));
}

function isNumbers(values: Param["values"]): values is ArrayLike<number> {
  return !Array.isArray(values) || typeof values[0] === "number";
}

type Found = Omit<Importance, "name"> | null;

function ofNumbers(values: ArrayLike<number>, metric: ArrayLike<number>): Found {
  const [x, y]: [number[], number[]] = [[], []];
  for (let at = 0; at < metric.length; at += 1)
    if (Number.isFinite(values[at]) && Number.isFinite(metric[at])) {
      x.push(values[at] as number);
      y.push(metric[at] as number);
    }
  if (x.length < FEWEST) return null;
  const { rho, n } = spearman(x, y);
  if (rho === null) return null;
  const grouped = explained(binned(x), y);
  const straight = rho * rho;
  if (grouped && grouped.share > straight)
    return { share: grouped.share, method: "variance", rho, groups: grouped.groups, n };
  return { share: straight, method: "rank", rho, groups: 0, n };
}

function ofTexts(values: readonly (string | null)[], metric: ArrayLike<number>): Found {
  const groups: string[] = [];
  const y: number[] = [];
  values.forEach((value, at) => {
    if (value === null || !Number.isFinite(metric[at])) return;
    groups.push(value);
    y.push(metric[at] as number);
  });
  if (y.length < FEWEST) return null;
  const found = explained(groups, y);
  return found && { ...found, method: "variance", rho: null, n: y.length };
}

/** ε² of the metric's ranks (Kelley, 1935): 1 - (n - 1)/(n - k) · (1 - η²), not below 0; null if there is one group, or n. */
export function explained(
  groups: readonly (string | number)[],
  metric: ArrayLike<number>,
): { share: number; groups: number } | null {
  const ranked = ranks(metric);
  const n = ranked.length;
  const mean = (n + 1) / 2;
  const sums = new Map<string | number, [sum: number, count: number]>();
  let total = 0;
  groups.forEach((group, at) => {
    const rank = ranked[at] as number;
    const [sum, count] = sums.get(group) ?? [0, 0];
    sums.set(group, [sum + rank, count + 1]);
    total += (rank - mean) ** 2;
  });
  const k = sums.size;
  if (k < 2 || k >= n || total === 0) return null;
  let between = 0;
  for (const [sum, count] of sums.values()) between += count * (sum / count - mean) ** 2;
  return { share: Math.max(0, 1 - ((n - 1) / (n - k)) * (1 - between / total)), groups: k };
}

/** Few distinct numbers are groups as they are; many are cut into groups of about equal size; equal ones stay together. */
function binned(values: readonly number[]): number[] {
  const distinct = new Set(values).size;
  if (distinct <= BINS) return [...values];
  const ranked = ranks(values);
  const bins = Math.min(BINS, Math.max(2, Math.floor(values.length / 4)));
  return Array.from(ranked, (rank) => Math.min(bins - 1, Math.floor(((rank - 0.5) / values.length) * bins)));
}
