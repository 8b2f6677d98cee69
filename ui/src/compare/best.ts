/** Which of several values of a metric is the best one, and how far the others are from the baseline's. */

export type Direction = "higher" | "lower" | "none";

const LOWER =
  /(^|[^a-z])(loss|logloss|nll|err|error|errors|rmse|mse|mae|mape|smape|rmsle|msle|wer|cer|fid|perplexity|ppl|brier|ece|mce|fpr|fnr|fdr|latency|time|seconds|duration|deviance|distance|regret|aic|bic|hinge|divergence)([^a-z]|$)/;
const HIGHER =
  /(^|[^a-z])(acc|accuracy|auc|roc|auroc|prc|ap|map|f1|fbeta|precision|recall|sensitivity|specificity|tpr|tnr|r2|score|iou|dice|bleu|rouge|ndcg|mrr|kappa|mcc|gini|lift|gain|likelihood|throughput|correlation|coverage)([^a-z]|$)/;

/** By the words of its name; a loss wins over a score, so that `log_loss_score` is a loss. */
export function directionOf(key: string): Direction {
  const words = key
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .replace(/_/g, " ")
    .replace(/([a-z])(\d+)@/g, "$1$2 @");
  if (words.startsWith("system/")) return "none";
  if (LOWER.test(words)) return "lower";
  return HIGHER.test(words) ? "higher" : "none";
}

/** Places of the best values: all of them that are equal, none if everything is equal or fewer than two are known. */
export function bestOf(values: readonly (number | null)[], direction: Direction): Set<number> {
  const known = values.filter((value): value is number => value !== null && Number.isFinite(value));
  if (direction === "none" || known.length < 2) return new Set();
  const best = direction === "higher" ? Math.max(...known) : Math.min(...known);
  if (known.every((value) => value === best)) return new Set();
  return new Set(values.flatMap((value, at) => (value === best ? [at] : [])));
}

export interface Delta {
  by: number;
  /** Relative to the baseline's size; null where that is 0. */
  share: number | null;
  verdict: "better" | "worse" | "equal" | "unknown";
}

/** Null: one of the two has no number. */
export function deltaOf(value: number | null, base: number | null, direction: Direction): Delta | null {
  if (value === null || base === null || !Number.isFinite(value) || !Number.isFinite(base)) return null;
  const by = value - base;
  const share = base === 0 ? null : by / Math.abs(base);
  if (by === 0) return { by, share, verdict: "equal" };
  if (direction === "none") return { by, share, verdict: "unknown" };
  return { by, share, verdict: by > 0 === (direction === "higher") ? "better" : "worse" };
}
