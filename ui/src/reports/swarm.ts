/** A bee swarm: values on a line, those that would cover each other moved aside, near ones in both directions in turn. */

export interface Bee {
  x: number;
  /** Steps away from the line. */
  aside: number;
  at: number;
}

/** Args: places in px; `size`, how far apart two may be so that they do not touch; `most`, steps to either side. */
export function swarm(places: readonly number[], size: number, most: number): Bee[] {
  const taken = new Map<number, number>();
  return places.map((x, at) => {
    const column = Math.round(x / size);
    const here = taken.get(column) ?? 0;
    taken.set(column, here + 1);
    // 0, 1, -1, 2, -2, …; beyond the most, they lie on each other again.
    const turn = here % (2 * most + 1);
    const aside = (turn % 2 ? 1 : -1) * Math.ceil(turn / 2);
    return { x, aside: aside === 0 ? 0 : aside, at };
  });
}

/** Where each value stands between the least (0) and the greatest (1) of its column; null for texts and gaps. */
export function standing(column: readonly (number | string | null)[]): (number | null)[] {
  const numbers = column.filter((value) => typeof value === "number").sort((one, other) => one - other);
  if (numbers.length < 2) return column.map(() => null);
  // The outer twentieths are cut off: one wild value would make all others look alike.
  const low = numbers[Math.floor(numbers.length * 0.05)] as number;
  const high = numbers[Math.ceil(numbers.length * 0.95) - 1] as number;
  return column.map((value) => {
    if (typeof value !== "number") return null;
    return high > low ? Math.min(1, Math.max(0, (value - low) / (high - low))) : 0.5;
  });
}
