/**
 * What the runs' screen keeps in the address, short and steady: an address that was shared years ago still opens.
 * Lists are joined by `*`, which an address holds as it is; `!` escapes: `!s` is a star, `!e` an exclamation mark.
 * What stands at its default is left out.
 */

import { isField } from "./fields";

/** The address's own shape; everything is text, except the charts' state, which is theirs. */
export interface RunsSearch {
  /** The query bar. */
  q?: string;
  /** Sort keys: `-metrics.auc*params.depth`; a dash means the greatest first. */
  sort?: string;
  /** Fields to group by. */
  by?: string;
  /** `flat`: children stand among all runs instead of below their parents. */
  rows?: "flat";
  /** Parents (run ids) and groups (their values) that are open. */
  open?: string;
  /** Columns in order; a lone `.` stands for all others in their usual order. Missing: all. */
  cols?: string;
  /** Columns that are not shown. */
  off?: string;
  /** Widths in px: `metrics.auc*120*params.depth*80`. */
  wide?: string;
  /** How many columns stand still beside the name. */
  keep?: number;
  /** Runs that charts leave out, by id. */
  eye?: string;
  /** Colours chosen by hand: `id*3`. */
  tint?: string;
  /** Runs that stay on top. */
  pin?: string;
  /** The run that others are compared with. */
  base?: string;
  /** Deleted runs: instead of the others, or among them. */
  trash?: "only" | "all";
  show?: "charts" | "both";
  /** Share of the table beside the charts, in percent. */
  share?: number;
  charts?: unknown;
}

export interface Sort {
  field: string;
  down: boolean;
}

/** The same, taken apart, with its defaults. */
export interface RunsState {
  query: string;
  sort: Sort[];
  by: string[];
  flat: boolean;
  open: string[];
  columns: string[];
  off: string[];
  widths: Readonly<Record<string, number>>;
  keep: number;
  eye: string[];
  tints: Readonly<Record<string, number>>;
  pins: string[];
  base: string;
  trash: "none" | "only" | "all";
  show: "table" | "charts" | "both";
  share: number;
  charts: unknown;
}

export const REST = ".";
const SHARE = 50;

/** Reads whatever an address holds; what is damaged is as if it were not there. */
export function checkRunsSearch(raw: Record<string, unknown>): RunsSearch {
  const found: RunsSearch = {};
  for (const key of TEXTS) {
    const value = raw[key];
    if (typeof value === "string" ? value !== "" : typeof value === "number") found[key] = String(value);
  }
  if (raw.rows === "flat") found.rows = raw.rows;
  if (raw.trash === "only" || raw.trash === "all") found.trash = raw.trash;
  if (raw.show === "charts" || raw.show === "both") found.show = raw.show;
  const keep = whole(raw.keep, 1, 20);
  if (keep) found.keep = keep;
  const share = whole(raw.share, 15, 85);
  if (share && share !== SHARE) found.share = share;
  if (raw.charts !== undefined && raw.charts !== null && raw.charts !== "") found.charts = raw.charts;
  return found;
}

export function stateOf(search: RunsSearch): RunsState {
  return {
    query: search.q ?? "",
    sort: split(search.sort).map(sortOf),
    by: split(search.by),
    flat: search.rows === "flat",
    open: split(search.open),
    columns:
      search.cols === undefined ? [REST] : split(search.cols).filter((one) => one === REST || isField(one)),
    off: split(search.off),
    widths: pairs(search.wide, 40, 1200),
    keep: search.keep ?? 0,
    eye: split(search.eye),
    tints: pairs(search.tint, 0, 9),
    pins: split(search.pin),
    base: search.base ?? "",
    trash: search.trash ?? "none",
    show: search.show ?? "table",
    share: (search.share ?? SHARE) / 100,
    charts: search.charts,
  };
}

export function searchOf(state: RunsState): RunsSearch {
  const columns = state.columns.length === 1 && state.columns[0] === REST ? undefined : join(state.columns);
  return checkRunsSearch({
    q: state.query,
    sort: join(state.sort.map(({ field, down }) => (down ? `-${field}` : field))),
    by: join(state.by),
    rows: state.flat ? "flat" : undefined,
    open: join(state.open),
    cols: columns,
    off: join(state.off),
    wide: join(Object.entries(state.widths).flatMap(([field, width]) => [field, String(Math.round(width))])),
    keep: state.keep || undefined,
    eye: join(state.eye),
    tint: join(Object.entries(state.tints).flatMap(([run, colour]) => [run, String(colour)])),
    pin: join(state.pins),
    base: state.base,
    trash: state.trash === "none" ? undefined : state.trash,
    show: state.show === "table" ? undefined : state.show,
    share: Math.round(state.share * 100),
    charts: state.charts,
  });
}

/** Sort keys as the server's order_by. */
export function orderBy(sort: readonly Sort[]): string[] {
  return sort.map(({ field, down }) => `${field} ${down ? "DESC" : "ASC"}`);
}

const TEXTS = ["q", "sort", "by", "open", "cols", "off", "wide", "eye", "tint", "pin", "base"] as const;

function join(items: readonly string[]): string {
  return items.map((item) => item.replaceAll("!", "!e").replaceAll("*", "!s")).join("*");
}

function split(text: string | undefined): string[] {
  if (!text) return [];
  const items = text.split("*").map((item) => item.replaceAll("!s", "*").replaceAll("!e", "!"));
  return items.filter(Boolean);
}

function sortOf(text: string): Sort {
  return text.startsWith("-") ? { field: text.slice(1), down: true } : { field: text, down: false };
}

function pairs(text: string | undefined, least: number, most: number): Record<string, number> {
  const items = split(text);
  const found: Record<string, number> = {};
  for (let at = 0; at + 1 < items.length; at += 2) {
    const value = whole(items[at + 1], least, most);
    const key = items[at];
    if (key !== undefined && value !== undefined) found[key] = value;
  }
  return found;
}

function whole(value: unknown, least: number, most: number): number | undefined {
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isInteger(number) && number >= least && number <= most
    ? number
    : undefined;
}
