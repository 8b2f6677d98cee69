/** What charts are told by the screens they stand on. */
import type { XKind } from "./lines";

export interface ShownRun {
  run_id: string;
  label: string;
  /** CSS. */
  colour: string;
}

/** Runs that are drawn as one: their mean with a band. */
export interface RunGroup {
  key: string;
  label: string;
  colour: string;
  run_ids: readonly string[];
}

export interface CurveOptions {
  x: XKind;
  /** 0: none, up to 0.99. */
  smooth: number;
  logX: boolean;
  logY: boolean;
  /** Let the y axis end where almost all values do. */
  ignoreOutliers: boolean;
}

export const PLAIN: CurveOptions = { x: "step", smooth: 0, logX: false, logY: false, ignoreOutliers: false };

/** More lines than this are neither told apart by an eye nor drawn in time. */
export const MOST_RUNS = 100;
