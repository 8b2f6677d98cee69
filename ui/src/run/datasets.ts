/** What a dataset of a run says of itself: texts of JSON, as lines to read. */
import type { DatasetInput } from "../api/types.gen";

export interface Column {
  name: string;
  type: string;
  required: boolean;
  /** Mean, least value and so on, by name, as far as they are known. */
  figures: Record<string, number | string>;
}

export interface Data {
  name: string;
  digest: string;
  /** What it was used for: training, eval … */
  context: string;
  sourceType: string;
  source: string;
  columns: Column[];
  /** Names of the figures that any column has, in their order. */
  figures: string[];
  /** Its figures: rows, shape … */
  profile: [string, string][];
}

export function dataOf({ dataset, tags }: DatasetInput): Data {
  const profile = parsed(dataset?.profile);
  const figures = figuresOf(profile);
  const columns = columnsOf(parsed(dataset?.schema)).map((column) => ({
    ...column,
    figures: figures.get(column.name) ?? {},
  }));
  return {
    name: dataset?.name ?? "",
    digest: dataset?.digest ?? "",
    context: tags?.find(({ key }) => key === "mlflow.data.context")?.value ?? "",
    sourceType: dataset?.source_type ?? "",
    source: sourceText(dataset?.source ?? ""),
    columns,
    figures: [...new Set(columns.flatMap(({ figures }) => Object.keys(figures)))],
    profile: leaves(figures.size > 0 && isObject(profile) ? { ...profile, columns: null } : profile),
  };
}

/** Where it came from: the address in the source, if it names one, or the source itself. */
function sourceText(text: string): string {
  const value = parsed(text);
  if (!isObject(value)) return text;
  for (const key of ["uri", "url", "path", "table_name", "delta_table_name"])
    if (typeof value[key] === "string") return value[key];
  const tags = isObject(value.tags) ? value.tags : value;
  return leaves(tags)
    .map(([key, inner]) => `${key}: ${inner}`)
    .join(" · ");
}

/** The figures of a profile's columns, by the column's name. */
function figuresOf(profile: unknown): Map<string, Column["figures"]> {
  const columns = isObject(profile) && Array.isArray(profile.columns) ? profile.columns.filter(isObject) : [];
  return new Map(
    columns.map(({ name, ...figures }) => [
      String(name),
      Object.fromEntries(
        Object.entries(figures)
          .filter(([, value]) => value !== null && value !== undefined)
          .map(([key, value]) => [
            key,
            typeof value === "number" ? value : Array.isArray(value) ? value.join(", ") : String(value),
          ]),
      ),
    ]),
  );
}

type Described = Omit<Column, "figures">;

function columnsOf(schema: unknown): Described[] {
  if (!isObject(schema)) return [];
  const found: Described[] = [];
  for (const [part, value] of Object.entries(schema)) {
    if (part === "mlflow_colspec" && Array.isArray(value)) found.push(...value.filter(isObject).map(column));
    else if (part === "mlflow_tensorspec" && isObject(value))
      for (const [side, inner] of Object.entries(value)) found.push(...tensors(side, inner));
  }
  return found;
}

function column(raw: Record<string, unknown>, at: number): Described {
  return { name: String(raw.name ?? at), type: String(raw.type ?? "any"), required: raw.required !== false };
}

function tensors(side: string, value: unknown): Described[] {
  const list = typeof value === "string" ? parsed(value) : value;
  if (!Array.isArray(list)) return [];
  return list.filter(isObject).map((raw) => {
    const spec = isObject(raw["tensor-spec"]) ? raw["tensor-spec"] : {};
    const shape = Array.isArray(spec.shape) ? spec.shape.join(", ") : "?";
    return { name: String(raw.name ?? side), type: `${spec.dtype ?? "any"} (${shape})`, required: true };
  });
}

function leaves(value: unknown, path = ""): [string, string][] {
  if (Array.isArray(value))
    return [[path, value.every((one) => !isObject(one)) ? value.join(" × ") : JSON.stringify(value)]];
  if (!isObject(value)) return path && value !== null && value !== undefined ? [[path, String(value)]] : [];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path ? `${path}.${key}` : key));
}

function parsed(text: string | null | undefined): unknown {
  try {
    return text ? (JSON.parse(text) as unknown) : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
