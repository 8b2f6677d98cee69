/** Parallel coordinates as ECharts is told of them, and brushed stretches as limits. */
import type { EChartsCoreOption } from "echarts/core";
import type { Column, Columns } from "../api/curves";
import { moment, number } from "../kit/format";
import { extent } from "../series/outliers";
import type { Limit } from "./analysis";
import type { Inks } from "./EChart";
import { shortName } from "./fieldNames";
import { categories, isTime, isWide, ramp } from "./scatter";

/** px beside the first and the last axis, for what stands there. */
const LEFT = 36;
const RIGHT = 52;

/** The first runs with a value on every axis. */
export function rowsOf(columns: Columns, axes: readonly string[], most: number): number[] {
  const found: number[] = [];
  for (let row = 0; row < columns.runIds.length && found.length < most; row += 1)
    if (
      axes.every((field) => {
        const value = columns.of.get(field)?.values[row];
        return typeof value === "string" || (typeof value === "number" && Number.isFinite(value));
      })
    )
      found.push(row);
  return found;
}

export function wordsOf(column: Column): string[] {
  return column.kind === "texts" ? categories(column.values) : [];
}

export function parallelOption(
  columns: Columns,
  axes: readonly string[],
  rows: readonly number[],
  inks: Inks,
  width: number,
): EChartsCoreOption {
  const last = axes.length - 1;
  const room = Math.min(110, Math.max(28, (width - LEFT - RIGHT) / Math.max(1, last) - 6)); // px for a name
  const colour = columns.of.get(axes[last] ?? "");
  const values = rows.map((row) => colour?.values[row]);
  const numbers = values.filter((value) => typeof value === "number");
  const words = colour ? wordsOf(colour) : [];
  const shared = {
    show: false,
    dimension: last,
    seriesIndex: 0,
  };
  return {
    animation: false,
    textStyle: { fontFamily: inks.font },
    parallel: { left: LEFT, right: RIGHT, top: 34, bottom: 18 },
    parallelAxis: axes.map((field, dim) => axis(columns, field, dim, inks, room)),
    visualMap:
      colour?.kind === "numbers"
        ? {
            ...shared,
            type: "continuous",
            min: Math.min(...numbers),
            max: Math.max(...numbers),
            inRange: { color: ramp(inks) },
          }
        : {
            ...shared,
            type: "piecewise",
            categories: words.slice(0, 10),
            inRange: { color: words.slice(0, 10).map((_, at) => inks.of(`var(--series-${at})`)) },
            outOfRange: { color: inks.of("var(--ink-3)") },
          },
    series: [
      {
        type: "parallel",
        lineStyle: { width: rows.length > 300 ? 1 : 1.5, opacity: rows.length > 300 ? 0.3 : 0.6 },
        inactiveOpacity: 0.06,
        activeOpacity: rows.length > 300 ? 0.5 : 0.8,
        emphasis: { lineStyle: { width: 3, opacity: 1 } },
        progressive: 500,
        data: rows.map((row) => axes.map((field) => columns.of.get(field)?.values[row])),
      },
    ],
  };
}

function axis(columns: Columns, field: string, dim: number, inks: Inks, room: number): object {
  const column = columns.of.get(field);
  const name = shortName(field);
  return {
    id: String(dim),
    dim,
    name,
    nameLocation: "end",
    nameGap: 14,
    nameTruncate: { maxWidth: room },
    nameTextStyle: { color: inks.of("var(--ink)"), fontSize: 11 },
    ...(column?.kind === "texts"
      ? { type: "category", data: wordsOf(column) }
      : { type: column && isWide(column.values) ? "log" : "value", scale: true }),
    splitNumber: 4,
    axisLine: { lineStyle: { color: inks.of("var(--border-strong)") } },
    axisTick: { show: false },
    minorTick: { show: false },
    axisLabel: {
      color: inks.of("var(--ink-2)"),
      fontSize: 10,
      textBorderColor: inks.of("var(--surface)"),
      textBorderWidth: 3,
      width: 80,
      overflow: "truncate",
      ...(column?.kind === "numbers" && {
        formatter: (value: number) => (isTime(name) ? moment(value) : number(value, 4)),
      }),
    },
    areaSelectStyle: {
      width: 18,
      borderWidth: 1,
      borderColor: inks.of("var(--accent)"),
      color: inks.of("var(--accent)"),
      opacity: 0.22,
    },
  };
}

/** A brushed stretch of an axis; null where it lets everything through. */
export function limitOf(
  columns: Columns,
  field: string,
  intervals: readonly (readonly [number, number])[],
): Limit | null {
  const [interval] = intervals;
  const column = columns.of.get(field);
  if (!interval || !column) return null;
  const low = Math.min(...interval);
  const high = Math.max(...interval);
  if (column.kind === "texts") {
    // Places of categories: half a place around each belongs to it.
    const texts = wordsOf(column).filter((_, at) => at >= low - 0.5 && at <= high + 0.5);
    return texts.length > 0 ? { field, texts } : null;
  }
  const unit = unitOf(high - low);
  return { field, low: Math.floor(low * unit) / unit, high: Math.ceil(high * unit) / unit };
}

/** A limit that reaches the end of the values is open there: a better run that comes tomorrow is meant, too. */
export function opened(columns: Columns, limit: Limit): Limit {
  const column = columns.of.get(limit.field);
  const ends = column?.kind === "numbers" ? extent([column.values]) : null;
  if ("texts" in limit || !ends) return limit;
  return {
    ...limit,
    low: limit.low <= ends[0] ? Number.NEGATIVE_INFINITY : limit.low,
    high: limit.high >= ends[1] ? Number.POSITIVE_INFINITY : limit.high,
  };
}

/** Whether a limit lets everything through. */
export function isOpen(limit: Limit): boolean {
  return (
    !("texts" in limit) && limit.low === Number.NEGATIVE_INFINITY && limit.high === Number.POSITIVE_INFINITY
  );
}

/** The stretch of an axis that a limit lets through, as the axis counts. */
export function intervalOf(columns: Columns, limit: Limit): [number, number] | null {
  if (!("texts" in limit)) return [limit.low, limit.high];
  const column = columns.of.get(limit.field);
  const places = column ? limit.texts.map((text) => wordsOf(column).indexOf(text)) : [];
  return places.length > 0 ? [Math.min(...places) - 0.4, Math.max(...places) + 0.4] : null;
}

/** A pixel is no exact number: as many digits as the stretch is worth, and outward, so that no run at its end is lost. */
function unitOf(width: number): number {
  return 10 ** Math.max(0, Math.min(15, 2 - Math.floor(Math.log10(width || 1))));
}
