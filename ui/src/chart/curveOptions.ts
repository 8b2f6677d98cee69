/** How curves are drawn, to and from an address, which keeps only what is unlike the usual. */
import { type CurveOptions, PLAIN } from "./shown";

/** Reads whatever an address holds; what is damaged is as if it were not there. */
export function checkOptions(raw: unknown): CurveOptions {
  const given = (typeof raw === "object" && raw !== null ? raw : {}) as Record<string, unknown>;
  const smooth = Number(given.smooth);
  return {
    x: given.x === "time" || given.x === "relative" ? given.x : "step",
    smooth: smooth > 0 && smooth < 1 ? smooth : 0,
    logX: given.logX === true,
    logY: given.logY === true,
    ignoreOutliers: given.ignoreOutliers === true,
  };
}

/** What is unlike the usual; undefined if nothing is. */
export function keptOptions(options: CurveOptions): Partial<CurveOptions> | undefined {
  const kept = Object.entries(options).filter(([name, value]) => value !== PLAIN[name as keyof CurveOptions]);
  return kept.length > 0 ? (Object.fromEntries(kept) as Partial<CurveOptions>) : undefined;
}
