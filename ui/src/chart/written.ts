/** How params are written: a number that a chart shows may be written in many ways, and the grammar compares texts. */
import { call } from "../api/call";
import { VALUES, type Where } from "../api/types.gen";
import { fieldOf } from "../runs/fields";
import type { Limit } from "./analysis";

/** The most that the server tells at once; a param with more cannot be listed. */
export const MOST_WRITTEN = 500;

/** Which limits no filter can say, since their param has too many values to list. */
export function unsaid(limits: readonly Limit[], written: ReadonlyMap<string, readonly string[]>): string[] {
  return limits.flatMap(({ field }) => ((written.get(field)?.length ?? 0) >= MOST_WRITTEN ? [field] : []));
}

export async function writtenOf(where: Where, limits: readonly Limit[]): Promise<Map<string, string[]>> {
  const params = limits.filter(
    (limit) => !("texts" in limit) && ["params", "tags"].includes(fieldOf(limit.field).kind),
  );
  const ask = async ({ field }: Limit): Promise<[string, string[]]> => {
    const { values } = await call(VALUES, { ...where, field, begins: "", max_results: MOST_WRITTEN });
    return [field, values];
  };
  return new Map(await Promise.all(params.map(ask)));
}
