/** What a run's screen keeps in the URL. */
import { checkOptions, keptOptions } from "../chart/curveOptions";
import type { CurveOptions } from "../chart/shown";

export const TABS = [
  "overview",
  "curves",
  "evaluation",
  "artifacts",
  "model",
  "source",
  "datasets",
  "children",
  "console",
] as const;
export type Tab = (typeof TABS)[number];

export interface RunSearch {
  tab?: Tab;
  /** The file that is shown among the artifacts. */
  path?: string;
  /** Which metrics the curves show: a text, or an expression between slashes. */
  find?: string;
  /** How curves are drawn, where that is not as usual. */
  curves?: Partial<CurveOptions>;
  /** Which of several models is shown. */
  model?: string;
}

export function checkRunSearch(raw: Record<string, unknown>): RunSearch {
  const search: RunSearch = {};
  const tab = TABS.find((one) => one === raw.tab);
  if (tab && tab !== "overview") search.tab = tab;
  for (const key of ["path", "find", "model"] as const) {
    const value = raw[key];
    if (typeof value === "string" && value) search[key] = value;
  }
  const curves = keptOptions(checkOptions(raw.curves));
  if (curves) search.curves = curves;
  return search;
}
