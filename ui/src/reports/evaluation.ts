/**
 * An evaluation as a run keeps it (docs/evaluation-files.md), read with care: whoever logs to a run can write anything
 * there. What is not of the expected kind is left out; a later form is refused.
 */

export interface Score {
  name: string;
  value: number;
  low: number | null;
  high: number | null;
  better: "higher" | "lower" | "neither";
  group: string;
}

export interface Confusion {
  name: string;
  labels: string[];
  /** [truth][predicted] */
  counts: number[][];
}

export interface Curve {
  kind: string;
  label: string;
  x: number[];
  y: number[];
  area: number | null;
  low: number[];
  high: number[];
  of: string;
}

export interface Slice {
  conditions: string[];
  rows: number;
  score: string;
  value: number;
  low: number | null;
  high: number | null;
  rest: number;
  pValue: number | null;
}

export interface FairGroup {
  name: string;
  rows: number;
  scores: Record<string, number>;
}

export interface Gap {
  name: string;
  difference: number;
  ratio: number | null;
  lowest: string;
  highest: string;
  pValue: number | null;
}

export interface Fairness {
  column: string;
  groups: FairGroup[];
  gaps: Gap[];
}

export interface Drift {
  feature: string;
  psi: number;
  pValue: number | null;
  moved: boolean;
  train: number[];
  test: number[];
}

export interface Finding {
  rule: string;
  severity: string;
  values: Record<string, number | string>;
}

export interface Evaluation {
  task: string;
  model: string;
  dataset: string;
  rows: number;
  scores: Score[];
  confusions: Confusion[];
  curves: Curve[];
  residuals: { truth: number[]; predicted: number[] } | null;
  slices: Slice[];
  fairness: Fairness[];
  drift: Drift[];
  findings: Finding[];
}

export const FORMAT = 1;

/** Throws a RangeError where the form is a later one; null where it is no evaluation. */
export function readEvaluation(raw: unknown): Evaluation | null {
  const given = record(raw);
  if (typeof given.task !== "string" || !Array.isArray(given.scores)) return null;
  if (number(given.format, FORMAT) > FORMAT) throw new RangeError(String(given.format));
  const residuals = record(given.residuals);
  const [truth, predicted] = [numbers(residuals.truth), numbers(residuals.predicted)];
  return {
    task: given.task,
    model: text(record(given.model).kind),
    dataset: text(record(given.test).name),
    rows: number(record(given.test).rows, 0),
    scores: list(given.scores, score),
    confusions: list(given.confusions, confusion),
    curves: list(given.curves, curve),
    residuals: truth.length > 0 && truth.length === predicted.length ? { truth, predicted } : null,
    slices: list(given.slices, slice),
    fairness: list(given.fairness, fairness),
    drift: list(given.drift, drift),
    findings: list(given.findings, finding),
  };
}

function score(raw: Fields): Score | null {
  if (typeof raw.name !== "string" || !isNumber(raw.value)) return null;
  const better = raw.better === "lower" || raw.better === "neither" ? raw.better : "higher";
  return {
    name: raw.name,
    value: raw.value,
    low: maybe(raw.low),
    high: maybe(raw.high),
    better,
    group: text(raw.group),
  };
}

function confusion(raw: Fields): Confusion | null {
  const labels = texts(raw.labels);
  const counts = Array.isArray(raw.counts) ? raw.counts.map(numbers) : [];
  const square = counts.length === labels.length && counts.every((row) => row.length === labels.length);
  return labels.length > 0 && square ? { name: text(raw.name), labels, counts } : null;
}

function curve(raw: Fields): Curve | null {
  const [x, y] = [numbers(raw.x), numbers(raw.y)];
  if (x.length === 0 || x.length !== y.length) return null;
  const [low, high] = [numbers(raw.low), numbers(raw.high)];
  const banded = low.length === x.length && high.length === x.length;
  return {
    kind: text(raw.kind),
    label: text(raw.label),
    x,
    y,
    area: maybe(raw.area),
    low: banded ? low : [],
    high: banded ? high : [],
    of: text(raw.of),
  };
}

function slice(raw: Fields): Slice | null {
  if (!isNumber(raw.value) || !isNumber(raw.rest)) return null;
  return {
    conditions: list(raw.conditions, ({ feature, operator, value }) => {
      const last = isNumber(value) || typeof value === "string" ? ` ${value}` : "";
      return `${text(feature)} ${text(operator)}${last}`;
    }),
    rows: number(raw.rows, 0),
    score: text(raw.score),
    value: raw.value,
    low: maybe(raw.low),
    high: maybe(raw.high),
    rest: raw.rest,
    pValue: maybe(raw.p_value),
  };
}

function fairness(raw: Fields): Fairness | null {
  const groups = list(raw.groups, (group): FairGroup => {
    const scores = Object.entries(record(group.scores)).flatMap(([name, value]) =>
      isNumber(value) ? [[name, value]] : [],
    );
    return { name: text(group.name), rows: number(group.rows, 0), scores: Object.fromEntries(scores) };
  });
  const gaps = list(raw.gaps, (gap): Gap | null =>
    isNumber(gap.difference)
      ? {
          name: text(gap.name),
          difference: gap.difference,
          ratio: maybe(gap.ratio),
          lowest: text(gap.lowest),
          highest: text(gap.highest),
          pValue: maybe(gap.p_value),
        }
      : null,
  );
  return { column: text(raw.column), groups, gaps };
}

function drift(raw: Fields): Drift | null {
  if (!isNumber(raw.psi)) return null;
  return {
    feature: text(raw.feature),
    psi: raw.psi,
    pValue: maybe(raw.p_value),
    moved: raw.moved === true,
    train: numbers(raw.train),
    test: numbers(raw.test),
  };
}

function finding(raw: Fields): Finding {
  const values = Object.entries(record(raw.values)).filter(
    (pair): pair is [string, number | string] => isNumber(pair[1]) || typeof pair[1] === "string",
  );
  return { rule: text(raw.rule), severity: text(raw.severity), values: Object.fromEntries(values) };
}

export interface Shap {
  features: string[];
  outputs: string[];
  /** [outputs][features] */
  importance: number[][];
  /** [features][rows]; empty for features whose rows were not kept. */
  columns: (number | string | null)[][];
  /** [outputs][features][rows] */
  values: number[][][];
  method: string;
  rows: number;
}

/** SHAP values of an explanation; null where it has none. Throws a RangeError where the form is a later one. */
export function readShap(raw: unknown): Shap | null {
  const given = record(raw);
  if (number(given.version, FORMAT) > FORMAT) throw new RangeError(String(given.version));
  const shap = record(given.shap);
  const features = texts(given.features);
  const importance = Array.isArray(shap.importance) ? shap.importance.map(numbers) : [];
  if (features.length === 0 || importance.length === 0) return null;
  if (importance.some((one) => one.length !== features.length)) return null;
  const columns = Array.isArray(shap.columns)
    ? shap.columns.map((column) =>
        Array.isArray(column)
          ? column.map((cell) => (isNumber(cell) || typeof cell === "string" ? cell : null))
          : [],
      )
    : [];
  const values = Array.isArray(shap.values)
    ? shap.values.map((output) => (Array.isArray(output) ? output.map(numbers) : []))
    : [];
  const outputs = texts(shap.outputs);
  const rows = Array.isArray(shap.rows) ? shap.rows.length : 0;
  return { features, outputs, importance, columns, values, method: text(shap.method), rows };
}

type Fields = Record<string, unknown>;

function list<Kind>(raw: unknown, read: (fields: Fields) => Kind | null): Kind[] {
  if (!Array.isArray(raw)) return [];
  return raw.flatMap((one) => {
    const found = read(record(one));
    return found === null ? [] : [found];
  });
}

function record(raw: unknown): Fields {
  return typeof raw === "object" && raw !== null && !Array.isArray(raw) ? (raw as Fields) : {};
}

function isNumber(raw: unknown): raw is number {
  return typeof raw === "number" && Number.isFinite(raw);
}

function number(raw: unknown, otherwise: number): number {
  return isNumber(raw) ? raw : otherwise;
}

function maybe(raw: unknown): number | null {
  return isNumber(raw) ? raw : null;
}

function text(raw: unknown): string {
  return typeof raw === "string" ? raw : "";
}

function texts(raw: unknown): string[] {
  return Array.isArray(raw) ? raw.map(String) : [];
}

/** All or nothing: a row with a hole would shift those behind it. */
function numbers(raw: unknown): number[] {
  return Array.isArray(raw) && raw.every(isNumber) ? raw : [];
}
