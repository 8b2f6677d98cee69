/** Questions about curves, and about columns of numbers over many runs. */
import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { decodeFrame } from "../series/decode";
import { call } from "./call";
import { COLUMNS, CURVES, FIELDS, type Where } from "./types.gen";

/** A curve's outline: the points that a chart of the asked width shows. */
export interface Outline {
  runId: string;
  key: string;
  /** Points that the asked range has; `x` holds as many where nothing was left out. */
  count: number;
  /** What the whole curve spans. */
  xMin: number;
  xMax: number;
  x: Float64Array;
  y: Float64Array;
}

export interface CurveQuestion {
  runIds: readonly string[];
  keys: readonly string[];
  x: "step" | "time";
  width: number;
  /** Only this stretch of x. */
  range?: readonly [number, number];
}

interface CurveHeader {
  series: { run_id: string; key: string; count: number; points: number; x_min: number; x_max: number }[];
}

export async function curvesOf(question: CurveQuestion, signal?: AbortSignal): Promise<Outline[]> {
  const { runIds, keys, x, width, range } = question;
  const bounds = range ? { start: range[0], end: range[1] } : {};
  const message = { run_ids: [...runIds], keys: [...keys], x, width, ...bounds };
  const { header, columns } = decodeFrame<CurveHeader>(await call(CURVES, message, signal));
  const places = floats(columns.get("x"));
  const values = floats(columns.get("y"));
  let from = 0;
  return header.series.map(({ run_id, key, count, points, x_min, x_max }) => {
    const to = from + points;
    const [xs, ys] = [places.subarray(from, to), values.subarray(from, to)];
    from = to;
    return { runId: run_id, key, count, xMin: x_min, xMax: x_max, x: xs, y: ys };
  });
}

export function curvesQuery(question: CurveQuestion) {
  return queryOptions({
    queryKey: ["curves", question],
    queryFn: ({ signal }) => curvesOf(question, signal),
    enabled: question.runIds.length > 0 && question.keys.length > 0,
  });
}

/** A stretch of a curve in detail. */
export interface Stretch {
  outline: Outline;
  range: readonly [number, number];
}

/** Stretches of curves; several questions where the stretches differ, as relative time asks. */
export function stretchesQuery(questions: readonly (CurveQuestion & { range: Stretch["range"] })[]) {
  return queryOptions({
    queryKey: ["curves", "stretches", questions],
    queryFn: async ({ signal }): Promise<Stretch[]> => {
      const ask = async (question: (typeof questions)[number]) => {
        const outlines = await curvesOf(question, signal);
        return outlines.map((outline) => ({ outline, range: question.range }));
      };
      return (await Promise.all(questions.map(ask))).flat();
    },
  });
}

const CALM = 1_000;
/** Columns of many runs are dearer, and their charts are looked at for longer. */
const CALM_COLUMNS = 10_000;
let renewed = 0;
let renewedColumns = 0;
let waiting: ReturnType<typeof setTimeout> | undefined;

/** News have come: charts that are seen ask again, at most once a second and without dropping what is on its way. */
export function renewCurves(queries: QueryClient): void {
  if (waiting) return;
  const renew = () => {
    waiting = undefined;
    renewed = Date.now();
    void queries.invalidateQueries({ queryKey: ["curves"] }, { cancelRefetch: false });
    if (renewed - renewedColumns < CALM_COLUMNS) return;
    renewedColumns = renewed;
    void queries.invalidateQueries({ queryKey: ["columns"] }, { cancelRefetch: false });
  };
  const wait = renewed + CALM - Date.now();
  if (wait <= 0) renew();
  else waiting = setTimeout(renew, wait);
}

/** A column: numbers with NaN for a gap, or texts with null. */
export type Column = { kind: "numbers"; values: Float64Array } | { kind: "texts"; values: (string | null)[] };

export interface Columns {
  /** run_id of each row. */
  runIds: string[];
  names: string[];
  of: ReadonlyMap<string, Column>;
}

const MOST = 10_000;

export async function columnsOf(
  where: Where,
  orderBy: readonly string[],
  fields: readonly string[],
  most: number,
  signal?: AbortSignal,
): Promise<Columns> {
  const asked = ["run_id", "run_name", ...fields];
  const message = { ...where, order_by: [...orderBy], columns: asked, max_results: most };
  const { header, columns } = decodeFrame(await call(COLUMNS, message, signal));
  const of = new Map<string, Column>();
  for (const { name, words } of header.columns) {
    const raw = columns.get(name);
    if (!raw) continue;
    if (words) of.set(name, { kind: "texts", values: Array.from(raw, (place) => words[place] ?? null) });
    else of.set(name, { kind: "numbers", values: floats(raw) });
  }
  return { runIds: texts(of.get("run_id")), names: texts(of.get("run_name")), of };
}

export function columnsQuery(
  where: Where,
  orderBy: readonly string[],
  fields: readonly string[],
  most = MOST,
) {
  return queryOptions({
    queryKey: ["columns", where, orderBy, fields, most],
    queryFn: ({ signal }) => columnsOf(where, orderBy, fields, most, signal),
  });
}

/** What the runs have: names of metrics, params, tags. */
export function fieldsQuery(where: Where) {
  return queryOptions({
    queryKey: ["fields", where],
    queryFn: ({ signal }) => call(FIELDS, where, signal),
    staleTime: 15_000,
  });
}

function floats(values: ArrayLike<number> | undefined): Float64Array {
  if (values instanceof Float64Array) return values;
  return values ? Float64Array.from(values) : new Float64Array();
}

/** Run ids and names that look like numbers come as such. */
function texts(column: Column | undefined): string[] {
  if (!column) return [];
  return column.kind === "texts"
    ? column.values.map((value) => value ?? "")
    : Array.from(column.values, (value) => (Number.isNaN(value) ? "" : String(value)));
}
