/** Where the versions of a model stand in their timeline. Pure. */
import type { Entry } from "./entries";

export const HEIGHT = 116;
const TOP = 18;
const BOTTOM = 40; // room for the names below the dots
const SIDE_START = 72; // room for the scale
const SIDE_END = 28;
const LEAST_GAP = 30; // px between dots: they must be hit and told apart

export interface Dot {
  entry: Entry;
  x: number;
  y: number;
  value: number | undefined;
}

/**
 * The latest versions that fit, evenly apart from old to new; their height is the metric's value.
 * Without values they stand on a line in the middle.
 */
export function placed(
  entries: readonly Entry[],
  metric: string | undefined,
  width: number,
): { dots: Dot[]; least: number | null; most: number | null } {
  const room = Math.max(0, width - SIDE_START - SIDE_END);
  const fitting = Math.max(1, Math.floor(room / LEAST_GAP) + 1);
  const newest = [...entries].sort(
    (one, other) => Number(one.version.version) - Number(other.version.version),
  );
  const shown = newest.slice(-fitting);
  const values = shown.map(({ metrics }) => (metric === undefined ? undefined : metrics.get(metric)));
  const known = values.filter((value): value is number => value !== undefined && Number.isFinite(value));
  const least = known.length > 0 ? Math.min(...known) : null;
  const most = known.length > 0 ? Math.max(...known) : null;
  const height = HEIGHT - TOP - BOTTOM;
  const step = shown.length > 1 ? Math.min(room / (shown.length - 1), 160) : 0;
  const dots = shown.map((entry, at) => {
    const value = values[at];
    const level =
      value === undefined || !Number.isFinite(value) || least === null || most === null || most === least
        ? 0.5
        : (value - least) / (most - least);
    return { entry, value, x: Math.round(SIDE_START + at * step), y: Math.round(TOP + (1 - level) * height) };
  });
  return { dots, least, most };
}
