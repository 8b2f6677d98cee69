/** A comparison as lines: one for each thing that runs have, a value for each run. Pure. */
import type { FileInfo, Metric, Run } from "../api/types.gen";
import { finder } from "../artifacts/tree";
import { dataOf } from "../run/datasets";
import { isSystem, tagOf } from "../run/runTags";
import { type Captured, packagesOf } from "../run/source/captured";

export const SECTIONS = [
  "run",
  "params",
  "metrics",
  "tags",
  "datasets",
  "source",
  "environment",
  "machine",
  "files",
] as const;
export type SectionId = (typeof SECTIONS)[number];

export type LineKind = "text" | "number" | "moment" | "duration" | "bytes" | "status";

export interface Line {
  id: string;
  section: SectionId;
  key: string;
  /** How its values are written: a number as JSON knows it, a moment and a duration in ms. */
  kind: LineKind;
  /** One for each run; null: the run has no such thing. */
  values: (string | null)[];
  /** The values as numbers, where they are. */
  numbers: (number | null)[];
  differs: boolean;
}

/** What is known of a run beyond itself; undefined: not asked, or not there yet. */
export interface Extra {
  captured?: Captured | undefined;
  files?: readonly FileInfo[] | undefined;
}

export function linesOf(runs: readonly Run[], extras: readonly Extra[]): Line[] {
  const by = (section: SectionId, kind: LineKind, maps: readonly ReadonlyMap<string, string>[]) =>
    linesOfMaps(section, kind, maps);
  return [
    ...about(runs),
    ...by(
      "params",
      "text",
      runs.map((run) => new Map((run.data.params ?? []).map(({ key, value }) => [key, value]))),
    ),
    ...by(
      "metrics",
      "number",
      runs.map((run) => metricMap(run.data.metrics ?? [])),
    ),
    ...by(
      "tags",
      "text",
      runs.map(
        (run) =>
          new Map(
            (run.data.tags ?? []).filter(({ key }) => !isSystem(key)).map(({ key, value }) => [key, value]),
          ),
      ),
    ),
    ...by("datasets", "text", runs.map(datasetMap)),
    ...by(
      "source",
      "text",
      runs.map((run, at) => sourceMap(run, extras[at]?.captured)),
    ),
    ...by(
      "environment",
      "text",
      extras.map(({ captured }) => environmentMap(captured)),
    ),
    ...by(
      "machine",
      "text",
      extras.map(({ captured }) => machineMap(captured)),
    ),
    ...by(
      "files",
      "bytes",
      extras.map(({ files }) => fileMap(files)),
    ),
  ];
}

function linesOfMaps(
  section: SectionId,
  kind: LineKind,
  maps: readonly ReadonlyMap<string, string>[],
): Line[] {
  const keys = new Set<string>();
  for (const map of maps) for (const key of map.keys()) keys.add(key);
  return [...keys].sort(natural).map((key) =>
    lineOf(
      section,
      key,
      kind,
      maps.map((map) => map.get(key) ?? null),
    ),
  );
}

function lineOf(section: SectionId, key: string, kind: LineKind, values: (string | null)[]): Line {
  return {
    id: `${section}/${key}`,
    section,
    key,
    kind,
    values,
    numbers: values.map((value) => (kind === "number" && value !== null ? Number(value) : null)),
    differs: new Set(values).size > 1,
  };
}

/** Facts about the runs themselves; those that differ by nature, such as times, do not count as differences. */
function about(runs: readonly Run[]): Line[] {
  const line = (key: string, kind: LineKind, value: (run: Run) => string | null, counts: boolean): Line => {
    const found = lineOf("run", key, kind, runs.map(value));
    return counts ? found : { ...found, differs: false };
  };
  return [
    line("status", "status", (run) => run.info.status, true),
    line("user", "text", (run) => tagOf(run, "mlflow.user") || run.info.user_id || null, true),
    line("started", "moment", (run) => String(run.info.start_time), false),
    line(
      "duration",
      "duration",
      (run) => (run.info.end_time ? String(run.info.end_time - run.info.start_time) : null),
      false,
    ),
  ];
}

/** The last value of each metric; one that was measured on a dataset or of a model is a metric of its own. */
function metricMap(metrics: readonly Metric[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const { key, value, dataset_name } of metrics) {
    const name = dataset_name && found.has(key) ? `${key} · ${dataset_name}` : key;
    found.set(name, String(value));
  }
  return found;
}

function datasetMap(run: Run): Map<string, string> {
  const found = new Map<string, string>();
  for (const data of (run.inputs?.dataset_inputs ?? []).map(dataOf)) {
    const name = data.context ? `${data.context}: ${data.name}` : data.name;
    found.set(`${name} · digest`, data.digest);
    for (const [key, value] of data.profile) found.set(`${name} · ${key}`, value);
    for (const column of data.columns)
      found.set(`${name} · [${column.name}]`, column.required ? column.type : `${column.type}?`);
  }
  return found;
}

function sourceMap(run: Run, captured: Captured | undefined): Map<string, string> {
  const rows: [string, string][] = [
    ["program", tagOf(run, "mlflow.source.name")],
    ["commit", tagOf(run, "mlflow.source.git.commit")],
    ["branch", tagOf(run, "mlflow.source.git.branch")],
    ["repository", tagOf(run, "mlflow.source.git.repoURL")],
    ["uncommitted", tagOf(run, "hito.git.dirty")],
    ["arguments", captured ? captured.command.slice(1).join(" ") : tagOf(run, "hito.command")],
    ...(captured?.seeds.map(([name, value]): [string, string] => [`seed · ${name}`, value]) ?? []),
    ...(captured?.settings ?? []),
  ];
  return new Map(rows.filter(([, value]) => value !== ""));
}

function environmentMap(captured: Captured | undefined): Map<string, string> {
  if (!captured) return new Map();
  const found = new Map(Object.entries(packagesOf(captured)));
  if (captured.python) found.set("Python", captured.python);
  return found;
}

function machineMap(captured: Captured | undefined): Map<string, string> {
  return new Map(captured?.machine ?? []);
}

function fileMap(files: readonly FileInfo[] | undefined): Map<string, string> {
  return new Map(
    (files ?? [])
      .filter(({ is_dir }) => !is_dir)
      .map(({ path, file_size }) => [path, String(file_size ?? 0)]),
  );
}

/** Numbers in names by their size: layer_2 before layer_10. */
const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

function natural(a: string, b: string): number {
  return collator.compare(a, b);
}

export interface Shown {
  only: boolean;
  find: string;
  shut: (section: SectionId) => boolean;
}

export type Row =
  | { kind: "section"; id: string; section: SectionId; lines: number; differing: number; shut: boolean }
  | { kind: "line"; id: string; line: Line };

/** What is to be drawn, from top to bottom. A section without lines is left out. */
export function rowsOf(lines: readonly Line[], { only, find, shut }: Shown): Row[] {
  const fits = find.trim() ? finder(find) : () => true;
  const rows: Row[] = [];
  for (const section of SECTIONS) {
    const all = lines.filter((line) => line.section === section && fits(line.key));
    const shown = only ? all.filter((line) => line.differs) : all;
    const isShut = shut(section);
    if (shown.length === 0 && !isShut) continue;
    rows.push({
      kind: "section",
      id: section,
      section,
      lines: all.length,
      differing: all.filter((line) => line.differs).length,
      shut: isShut,
    });
    if (!isShut) rows.push(...shown.map((line): Row => ({ kind: "line", id: line.id, line })));
  }
  return rows;
}

/** The next line, or with `step` -1 the one before, in which runs differ; the place itself if there is none. */
export function differenceFrom(rows: readonly Row[], at: number, step: 1 | -1): number {
  for (let place = at + step; place >= 0 && place < rows.length; place += step) {
    const row = rows[place];
    if (row?.kind === "line" && row.line.differs) return place;
  }
  return at;
}
