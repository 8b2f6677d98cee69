/** From columns of many runs to what a chart of them draws. */
import type { Column, Columns } from "../api/curves";
import { fieldOf, valueText } from "../runs/fields";
import { importances } from "../series/importance";
import { quantile } from "../series/outliers";

/** The same columns without the runs that are hidden. */
export function withoutHidden(columns: Columns, hidden: ReadonlySet<string>): Columns {
  if (hidden.size === 0 || !columns.runIds.some((id) => hidden.has(id))) return columns;
  const keep = columns.runIds.map((id) => !hidden.has(id));
  const of = new Map<string, Column>();
  for (const [name, column] of columns.of)
    of.set(
      name,
      column.kind === "numbers"
        ? { kind: "numbers", values: column.values.filter((_, at) => keep[at]) }
        : { kind: "texts", values: column.values.filter((_, at) => keep[at]) },
    );
  return {
    runIds: columns.runIds.filter((_, at) => keep[at]),
    names: columns.names.filter((_, at) => keep[at]),
    of,
  };
}

/** How many different values a column has; a gap is none. */
export function distinct(column: Column): number {
  return column.kind === "numbers"
    ? new Set([...column.values].filter((value) => !Number.isNaN(value))).size
    : new Set(column.values.filter((value) => value !== null)).size;
}

const MOST_TEXTS = 30;

/** Params that differ between runs and could be an axis, those that go together with the metric first. */
export function telling(columns: Columns, fields: readonly string[], metric: string | null): string[] {
  const varying = fields.filter((field) => {
    const column = columns.of.get(field);
    if (!column) return false;
    const values = distinct(column);
    return values > 1 && (column.kind === "numbers" || values <= MOST_TEXTS);
  });
  const target = metric ? columns.of.get(metric) : undefined;
  if (target?.kind !== "numbers") return varying;
  const params = varying.map((name) => ({ name, values: (columns.of.get(name) as Column).values }));
  const order = importances(params, target.values).map(({ name }) => name);
  return [...order, ...varying.filter((name) => !order.includes(name))];
}

/** Numbers of the columns that are numbers and vary. */
export function numeric(columns: Columns, fields: readonly string[]): string[] {
  return fields.filter((field) => {
    const column = columns.of.get(field);
    return column?.kind === "numbers" && distinct(column) > 1;
  });
}

export interface Grouped {
  label: string;
  values: number[];
}

/** A metric's finite values by what a field says; groups in the order of numbers, or of the alphabet. */
export function groupedBy(by: Column, metric: Column): Grouped[] {
  if (metric.kind !== "numbers") return [];
  const groups = new Map<string | number, number[]>();
  metric.values.forEach((value, at) => {
    const name = by.values[at];
    if (!Number.isFinite(value) || name === null || name === undefined || Number.isNaN(name)) return;
    const group = groups.get(name);
    if (group) group.push(value);
    else groups.set(name, [value]);
  });
  return [...groups]
    .sort(([one], [other]) =>
      typeof one === "number" && typeof other === "number"
        ? one - other
        : String(one).localeCompare(String(other), undefined, { numeric: true }),
    )
    .map(([name, values]) => ({ label: String(name), values }));
}

export interface Mean {
  mean: number;
  /** The sample's standard deviation; 0 of one value. */
  deviation: number;
  n: number;
}

export function meanOf(values: readonly number[]): Mean {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: n > 1 ? Math.sqrt(squares / (n - 1)) : 0, n };
}

/** Tukey's box: quartiles; whiskers to the last values within 1.5 times the box; what lies beyond. */
export interface Box {
  low: number;
  first: number;
  median: number;
  third: number;
  high: number;
  beyond: number[];
  n: number;
}

export function boxOf(values: readonly number[]): Box {
  const sorted = [...values].sort((one, other) => one - other);
  const [first, median, third] = [0.25, 0.5, 0.75].map((share) => quantile(sorted, share)) as [
    number,
    number,
    number,
  ];
  const reach = 1.5 * (third - first);
  const within = sorted.filter((value) => value >= first - reach && value <= third + reach);
  return {
    low: within[0] ?? first,
    first,
    median,
    third,
    high: within.at(-1) ?? third,
    beyond: sorted.filter((value) => value < first - reach || value > third + reach),
    n: sorted.length,
  };
}

/** What an axis lets through: a stretch of numbers, or some texts. */
export type Limit =
  | { field: string; low: number; high: number }
  | { field: string; texts: readonly string[] };

export function isWithin(columns: Columns, row: number, limits: readonly Limit[]): boolean {
  return limits.every((limit) => {
    const value = columns.of.get(limit.field)?.values[row];
    if ("texts" in limit) return typeof value === "string" && limit.texts.includes(value);
    return typeof value === "number" && value >= limit.low && value <= limit.high;
  });
}

const MOST_VALUES = 500;

/**
 * Limits as a filter of the grammar, joined by AND. Params are texts there, so a stretch of them is the list of the texts
 * that lie in it: `written` are all texts that the param has. A param with too many is left out. A limit may be open: ±∞.
 */
export function filterOf(limits: readonly Limit[], written: ReadonlyMap<string, readonly string[]>): string {
  const parts = limits.flatMap((limit) => {
    const { field } = limit;
    if ("texts" in limit) return listed(field, limit.texts);
    const { kind } = fieldOf(field);
    if (kind === "params" || kind === "tags") {
      const texts = (written.get(field) ?? []).filter((text) => {
        const value = Number(text);
        return text.trim() !== "" && value >= limit.low && value <= limit.high;
      });
      return listed(field, texts);
    }
    if (limit.high === Number.POSITIVE_INFINITY) return [`${field} >= ${limit.low}`];
    if (limit.low === Number.NEGATIVE_INFINITY) return [`${field} <= ${limit.high}`];
    return [`${field} BETWEEN ${limit.low} AND ${limit.high}`];
  });
  return parts.join(" AND ");
}

function listed(field: string, texts: readonly string[]): string[] {
  const values = texts.map(valueText).filter((text) => text !== null);
  if (values.length === 0 || values.length > MOST_VALUES) return [];
  return values.length === 1 ? [`${field} = ${values[0]}`] : [`${field} IN (${values.join(", ")})`];
}
