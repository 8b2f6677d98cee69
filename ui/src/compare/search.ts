/** What a comparison keeps in the URL: which runs, in the order of their columns, and how they are looked at. */
import { checkOptions, keptOptions } from "../chart/curveOptions";
import type { CurveOptions } from "../chart/shown";

export const VIEWS = ["table", "curves", "evaluation", "source", "pictures"] as const;
export type View = (typeof VIEWS)[number];

export interface CompareSearch {
  runs: string[];
  /** The run that the others are compared with; missing: the first. */
  base?: string;
  view?: View;
  /** Only lines in which the runs differ. */
  only?: true;
  /** Values that are those of the baseline are not repeated. */
  dim?: true;
  /** Which lines: a text, or an expression between slashes. */
  find?: string;
  /** Sections that are shut, and sections that are open though they would be shut. */
  shut?: string[];
  open?: string[];
  /** Metrics of which the highest, the lowest value is the best one, where that cannot be guessed. */
  high?: string[];
  low?: string[];
  /** The run beside the baseline, where two are laid over each other. */
  with?: string;
  /** The file or picture that is looked at, and how. */
  path?: string;
  how?: string;
  /** How curves are drawn, where that is not as usual. */
  curves?: Partial<CurveOptions>;
}

const LISTS = ["shut", "open", "high", "low"] as const;
const TEXTS = ["base", "find", "with", "path", "how"] as const;

export function checkCompareSearch(raw: Record<string, unknown>): CompareSearch {
  const search: CompareSearch = { runs: [...new Set(texts(raw.runs))] };
  const view = VIEWS.find((one) => one === raw.view);
  if (view && view !== "table") search.view = view;
  if (raw.only === true) search.only = true;
  if (raw.dim === true) search.dim = true;
  for (const key of LISTS) {
    const found = texts(raw[key]);
    if (found.length > 0) search[key] = found;
  }
  for (const key of TEXTS) {
    const value = raw[key];
    if (typeof value === "string" && value) search[key] = value;
  }
  const curves = keptOptions(checkOptions(raw.curves));
  if (curves) search.curves = curves;
  return search;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String).filter(Boolean) : [];
}
