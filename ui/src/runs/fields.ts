/**
 * Fields of runs as the server's grammar writes them (docs/search.md): `metrics.auc`, `metrics.auc.max`, ``params.`batch size` ``,
 * `start_time`. A field's text is its identity everywhere in the page: column, sort key, group, part of the address.
 * `curves.auc` is ours alone: the metric's curve, drawn small in a cell.
 */

export const STATS = ["last", "min", "max", "mean", "first"] as const;
export type Stat = (typeof STATS)[number];
export type Kind = "metrics" | "params" | "tags" | "curves" | "attributes";

export interface Field {
  kind: Kind;
  /** The name of the metric, param, tag; of the attribute otherwise. */
  key: string;
  /** What of a metric's curve: `last` unless it is said. */
  stat: Stat;
}

export const ATTRIBUTES = ["start_time", "duration", "status", "user_id", "end_time", "run_id"] as const;

const KINDS: readonly string[] = ["metrics", "params", "tags", "curves"];
/** All that the grammar knows after a metric's name; a name that ends so must stand in quotes. */
const AGGREGATES = ["max", "min", "mean", "first", "last", "count", "sum"];

export function textOf(kind: Kind, key: string, stat: Stat = "last"): string {
  if (kind === "attributes") return key;
  const ending = kind === "metrics" && stat !== "last" ? `.${stat}` : "";
  return `${kind}.${quoted(key, kind)}${ending}`;
}

export function fieldOf(text: string): Field {
  const dot = text.indexOf(".");
  const kind = text.slice(0, dot);
  if (dot < 0 || !KINDS.includes(kind)) return { kind: "attributes", key: text, stat: "last" };
  const rest = text.slice(dot + 1);
  const quote = rest[0];
  const end = quote === "`" || quote === '"' ? rest.indexOf(quote, 1) : -1;
  if (end > 0) return { kind: kind as Kind, key: rest.slice(1, end), stat: statOf(rest.slice(end + 2)) };
  const last = rest.slice(rest.lastIndexOf(".") + 1);
  if (kind === "metrics" && rest !== last && isStat(last))
    return { kind, key: rest.slice(0, -last.length - 1), stat: last };
  return { kind: kind as Kind, key: rest, stat: "last" };
}

const NAME = '(?:`[^`]+`|"[^"]+"|[\\p{L}\\p{N}_]+(?:\\.[\\p{L}\\p{N}_]+)*)';
const FIELD = new RegExp(`^(?:[a-z_]+|(?:metrics|params|tags|curves)\\.${NAME}(?:\\.[a-z]+)?)$`, "u");

/** Whether the server can read it: an address may hold anything. */
export function isField(text: string): boolean {
  return FIELD.test(text);
}

/** The same metric, of which another number is wanted. */
export function withStat(text: string, stat: Stat | "curve"): string {
  const { key } = fieldOf(text);
  return stat === "curve" ? textOf("curves", key) : textOf("metrics", key, stat);
}

export function isMetric(text: string): boolean {
  return text.startsWith("metrics.");
}

/** What the server is asked for: not the page's own columns, nor what every row says anyway. */
export function isAsked(text: string): boolean {
  return text.includes(".") && !text.startsWith("curves.");
}

/** Whether less of it is better, as far as its name says. */
export function lowerIsBetter(key: string): boolean {
  return /(^|[^a-z])(n?rmse|rmsle|mse|mae|mape|smape|medae|msle|loss|logloss|error|err|deviance|perplexity|brier|ece|wer|cer|time|seconds|latency|duration|hinge)([^a-z]|$)/i.test(
    key.replace(/([a-z])([A-Z])/g, "$1_$2"),
  );
}

/** A text as a value of the grammar; there is no escape inside quotes, so a text with both kinds has none. */
export function valueText(value: string): string | null {
  if (!value.includes("'")) return `'${value}'`;
  return value.includes('"') ? null : `"${value}"`;
}

/** A query as a filter that can be joined to others: a plain text looks at names. */
export function asFilter(query: string, kind: string | undefined): string {
  if (kind !== "text") return query;
  return `run_name MATCHES ${valueText(`(?i)\\Q${query.trim()}\\E`) ?? "''"}`;
}

function quoted(key: string, kind: Kind): string {
  const last = key.slice(key.lastIndexOf(".") + 1);
  const ambiguous = kind === "metrics" && key.includes(".") && AGGREGATES.includes(last);
  if (/^[\p{L}\p{N}_]+(\.[\p{L}\p{N}_]+)*$/u.test(key) && !ambiguous) return key;
  return key.includes("`") ? `"${key}"` : `\`${key}\``;
}

function isStat(text: string): text is Stat {
  return (STATS as readonly string[]).includes(text);
}

function statOf(text: string): Stat {
  return isStat(text) ? text : "last";
}
