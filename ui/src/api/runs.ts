/** Questions about runs. */
import { decodeFrame } from "../series/decode";
import { call, callForBlob } from "./call";
import type {
  Changed,
  Checked,
  Counted,
  ExportRuns,
  Fields,
  GroupRuns,
  Groups,
  RunOrder,
  RunRow,
  TableRows,
  Where,
} from "./types.gen";
import {
  CHANGE,
  CHECK,
  COLUMNS,
  COUNT,
  EXPORT,
  FIELDS,
  GROUPS,
  RUN_ORDER,
  RUN_ROWS,
  TABLE,
  VALUES,
} from "./types.gen";

/** A page of rows, and the token of the next one, if there is one. */
export interface TableAnswer {
  rows: RunRow[];
  next: string | undefined;
}

export async function tableOf(message: TableRows, signal?: AbortSignal): Promise<TableAnswer> {
  const { rows = [], next_page_token } = await call(TABLE, message, signal);
  return { rows, next: next_page_token || undefined };
}

/** Numbers of runs in order, and the token of the next page, if there is one. */
export async function orderOf(
  message: RunOrder,
  signal?: AbortSignal,
): Promise<{ ids: Uint32Array; next: string | undefined }> {
  const frame = decodeFrame<{ next_page_token?: string | null }>(await call(RUN_ORDER, message, signal));
  const ids = frame.columns.get("ids") ?? new Uint32Array();
  return {
    ids: ids instanceof Uint32Array ? ids : Uint32Array.from(ids),
    next: frame.header.next_page_token || undefined,
  };
}

export async function rowsOf(ids: number[], columns: string[], signal?: AbortSignal): Promise<RunRow[]> {
  return (await call(RUN_ROWS, { ids, columns }, signal)).rows;
}

export function countOf(where: Where, signal?: AbortSignal): Promise<Counted> {
  return call(COUNT, where, signal);
}

export function fieldsOf(where: Where, signal?: AbortSignal): Promise<Fields> {
  return call(FIELDS, where, signal);
}

export async function valuesOf(
  where: Where,
  field: string,
  begins: string,
  signal?: AbortSignal,
): Promise<string[]> {
  return (await call(VALUES, { ...where, field, begins, max_results: 30 }, signal)).values;
}

export function checked(query: string, signal?: AbortSignal): Promise<Checked> {
  return call(CHECK, { query }, signal);
}

export function groupsOf(message: GroupRuns, signal?: AbortSignal): Promise<Groups> {
  return call(GROUPS, message, signal);
}

/** run_ids of all runs, in order, at most `most`. */
export async function runIdsOf(where: Where, order: string[], most: number): Promise<string[]> {
  const message = { ...where, order_by: order, columns: ["run_id"], max_results: most };
  const { header, columns } = decodeFrame(await call(COLUMNS, message));
  const words = header.columns.find(({ name }) => name === "run_id")?.words ?? [];
  return Array.from(columns.get("run_id") ?? [], (place) => words[place] ?? "").filter(Boolean);
}

const AT_ONCE = 2_000;

/** One change to many runs, some thousand at a time. */
export async function change(
  runIds: readonly string[],
  action: "delete" | "restore" | "set_tag" | "delete_tag" | "rename",
  key = "",
  value = "",
): Promise<Changed> {
  const done: Changed = { run_ids: [], before: [] };
  for (let at = 0; at < runIds.length; at += AT_ONCE) {
    const some = { run_ids: runIds.slice(at, at + AT_ONCE), action, key, value };
    const { run_ids, before } = await call(CHANGE, some);
    done.run_ids.push(...run_ids);
    done.before.push(...before);
  }
  return done;
}

export function exported(message: ExportRuns): Promise<Blob> {
  return callForBlob(EXPORT, message);
}
