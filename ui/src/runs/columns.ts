/** Which columns a table has, how wide they are and where they stand; and what a person does to them. Pure. */
import type { Fields } from "../api/types.gen";
import { ATTRIBUTES, fieldOf, isMetric, textOf } from "./fields";
import { REST, type RunsState } from "./search";

export interface Column {
  field: string;
  width: number;
  /** Distance from the beginning of its part: of the part that stands still, or of the part that scrolls. */
  x: number;
}

export interface Layout {
  /** Beside the name: columns that stand still, in order. The name itself is not among them. */
  kept: Column[];
  rest: Column[];
  nameWidth: number;
  keptWidth: number;
  restWidth: number;
}

export const NAME = "run_name";
const NAME_WIDTH = 264;
const WIDTHS: Record<string, number> = {
  start_time: 128,
  end_time: 128,
  duration: 104,
  status: 104,
  run_id: 240,
};
/** Room for a group's mean, deviation and best. */
const SUMMED = 192;
/** Room for a value and how it differs from the baseline's. */
const COMPARED = 152;
const BY_KIND = { metrics: 112, params: 104, tags: 120, curves: 132, attributes: 112 } as const;

/**
 * All fields that columns can be made of, in their usual order: what one looks at first stands first. Where there is little room,
 * that is what was measured, not when.
 */
export function usual(fields: Fields, several: boolean, narrow = false): string[] {
  const about = [...(several ? ["experiment"] : []), "start_time", "duration"];
  return [
    ...(narrow ? [] : about),
    ...fields.metrics.filter((key) => !key.startsWith("system/")).map((key) => textOf("metrics", key)),
    ...fields.params.map((key) => textOf("params", key)),
    ...fields.tags.filter((key) => !key.startsWith("mlflow.")).map((key) => textOf("tags", key)),
    ...(narrow ? about : []),
  ];
}

/** Everything that the column manager offers. */
export function offered(fields: Fields, several: boolean): string[] {
  return [
    ...new Set([
      ...usual(fields, several),
      ...ATTRIBUTES,
      ...fields.metrics.map((key) => textOf("metrics", key)),
      ...fields.tags.map((key) => textOf("tags", key)),
    ]),
  ];
}

/** The columns that are shown, in order. */
export function shown(state: Pick<RunsState, "columns" | "off">, usualOnes: readonly string[]): string[] {
  const named = new Set(state.columns);
  const off = new Set(state.off);
  const found = state.columns.flatMap((field) =>
    field === REST ? usualOnes.filter((one) => !named.has(one) && !off.has(one)) : [field],
  );
  return [...new Set(found)];
}

export function layout(
  fields: readonly string[],
  state: Pick<RunsState, "widths" | "keep"> & Partial<Pick<RunsState, "by" | "base">>,
): Layout {
  const measured = (state.by?.length ?? 0) > 0 ? SUMMED : state.base ? COMPARED : 0;
  const nameWidth = state.widths[NAME] ?? NAME_WIDTH;
  const kept = placed(fields.slice(0, state.keep), state.widths, measured);
  const rest = placed(fields.slice(state.keep), state.widths, measured);
  return { kept, rest, nameWidth, keptWidth: nameWidth + end(kept), restWidth: end(rest) };
}

/** The columns of the scrolling part that are seen from `left` on, `width` wide: first, and one after the last. */
export function seen(columns: readonly Column[], left: number, width: number): [number, number] {
  let first = firstAfter(columns, left);
  let last = first;
  while (last < columns.length && (columns[last]?.x ?? 0) < left + width) last += 1;
  if (first > last) first = last;
  return [first, last];
}

export type ColumnsOf = Pick<RunsState, "columns" | "off" | "keep">;

export function hide(state: ColumnsOf, all: readonly string[], field: string): ColumnsOf {
  const at = all.indexOf(field);
  return {
    columns: state.columns.filter((one) => one !== field),
    off: state.columns.includes(REST) ? unique([...state.off, field]) : state.off,
    keep: at >= 0 && at < state.keep ? state.keep - 1 : state.keep,
  };
}

export function show(state: ColumnsOf, usualOnes: readonly string[], field: string): ColumnsOf {
  const off = state.off.filter((one) => one !== field);
  const implied = state.columns.includes(REST) && usualOnes.includes(field);
  if (implied || state.columns.includes(field)) return { ...state, off };
  return { ...state, off, columns: [...state.columns, field] };
}

/** Puts a column where another one is. `all`: the columns that are shown. Says no more than needed: what follows the moved stays `.`. */
export function move(state: ColumnsOf, all: readonly string[], field: string, to: number): ColumnsOf {
  const without = all.filter((one) => one !== field);
  const order = [...without.slice(0, to), field, ...without.slice(to)];
  return said(state, all, order);
}

/** Replaces one column by another in its place: a metric's last value by its greatest. */
export function replace(
  state: ColumnsOf,
  all: readonly string[],
  field: string,
  by: string,
  usualOnes: readonly string[],
): ColumnsOf {
  if (all.includes(by)) return field === by ? state : hide(state, all, field);
  const order = all.map((one) => (one === field ? by : one));
  const next = said(state, all, order);
  const off =
    usualOnes.includes(field) && next.columns.includes(REST) ? unique([...state.off, field]) : next.off;
  return { ...next, off: off.filter((one) => one !== by) };
}

/** Freezes a column: it joins those that stand still. */
export function keep(state: ColumnsOf, all: readonly string[], field: string): ColumnsOf {
  const at = all.indexOf(field);
  if (at < 0) return state;
  if (at < state.keep) {
    const moved = move(state, all, field, state.keep - 1);
    return { ...moved, keep: state.keep - 1 };
  }
  return { ...move(state, all, field, state.keep), keep: state.keep + 1 };
}

/** The order written down: as far as it differs from the usual, then `.` for the others if it was there. */
function said(state: ColumnsOf, before: readonly string[], order: readonly string[]): ColumnsOf {
  if (!state.columns.includes(REST)) return { ...state, columns: [...order] };
  let end = order.length;
  while (end > 0 && order[end - 1] === before[end - 1] && !state.columns.includes(order[end - 1] ?? ""))
    end -= 1;
  const extra = order.slice(end).filter((field) => state.columns.includes(field));
  return { ...state, columns: [...order.slice(0, end), REST, ...extra] };
}

function placed(fields: readonly string[], widths: RunsState["widths"], measured: number): Column[] {
  let x = 0;
  return fields.map((field) => {
    const width = widths[field] ?? WIDTHS[field] ?? Math.max(isMetric(field) ? measured : 0, widthFor(field));
    const column = { field, width, x };
    x += width;
    return column;
  });
}

/** Wide enough for its title, within reason. */
function widthFor(field: string): number {
  const { kind, key, stat } = fieldOf(field);
  const title = key.length + (stat === "last" ? 0 : 5);
  return Math.max(BY_KIND[kind], Math.min(184, title * 7.25 + 38));
}

function end(columns: readonly Column[]): number {
  const last = columns.at(-1);
  return last ? last.x + last.width : 0;
}

function firstAfter(columns: readonly Column[], left: number): number {
  let low = 0;
  let high = columns.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const column = columns[middle];
    if (column && column.x + column.width <= left) low = middle + 1;
    else high = middle;
  }
  return low;
}

function unique(items: string[]): string[] {
  return [...new Set(items)];
}
