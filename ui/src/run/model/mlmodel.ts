/** What an MLmodel file says of a model, for people. */
import { parseYaml, type Yaml } from "./yaml";

export interface Field {
  name: string;
  type: string;
  required: boolean;
  /** Of a parameter: what it is when it is not given. */
  standard?: string;
}

export interface ModelFile {
  flavors: { name: string; facts: [string, string][] }[];
  inputs: Field[] | null;
  outputs: Field[] | null;
  params: Field[] | null;
  /** Files with an example, relative to the model's folder. */
  example: string;
  servingExample: string;
  created: string;
  size: number | null;
  writtenBy: string;
  /** What was logged along, as facts. */
  metadata: [string, string][];
}

/** Throws a SyntaxError where it is no MLmodel file. */
export function modelFileOf(text: string): ModelFile {
  const root = parseYaml(text);
  if (!isMap(root) || !isMap(root.flavors)) throw new SyntaxError("it names no flavors");
  const signature = isMap(root.signature) ? root.signature : {};
  const example = isMap(root.saved_input_example_info) ? root.saved_input_example_info : {};
  return {
    flavors: Object.entries(root.flavors).map(([name, facts]) => ({ name, facts: factsOf(facts) })),
    inputs: fieldsOf(signature.inputs),
    outputs: fieldsOf(signature.outputs),
    params: fieldsOf(signature.params),
    example: textOf(example.artifact_path),
    servingExample: textOf(example.serving_input_path),
    created: textOf(root.utc_time_created),
    size: typeof root.model_size_bytes === "number" ? root.model_size_bytes : null,
    writtenBy: textOf(root.mlflow_version),
    metadata: factsOf(root.metadata),
  };
}

/** Native flavors first: python_function is the face that they have in common. */
export function nativeFlavors(model: ModelFile): string[] {
  return model.flavors.map(({ name }) => name).filter((name) => name !== "python_function");
}

function fieldsOf(value: Yaml | undefined): Field[] | null {
  if (typeof value !== "string") return null;
  let raw: unknown;
  try {
    raw = JSON.parse(value);
  } catch {
    return null;
  }
  return Array.isArray(raw) ? raw.filter(isObject).map(fieldOf) : null;
}

function fieldOf(raw: Record<string, unknown>, at: number): Field {
  const field: Field = {
    name: raw.name === undefined || raw.name === null ? String(at) : String(raw.name),
    type: typeText(raw),
    required: raw.required !== false && raw.optional !== true,
  };
  return "default" in raw ? { ...field, required: false, standard: JSON.stringify(raw.default) } : field;
}

/** A type as one reads it: `double`, `array<string>`, `{a: long, b?: double}`, `tensor float32 (-1, 28, 28)`. */
export function typeText(raw: unknown): string {
  if (!isObject(raw)) return String(raw ?? "any");
  const spec = raw["tensor-spec"];
  if (isObject(spec))
    return `tensor ${spec.dtype} (${Array.isArray(spec.shape) ? spec.shape.join(", ") : "?"})`;
  if (raw.type === "array") return `array<${typeText(raw.items)}>`;
  if (raw.type === "map") return `map<string, ${typeText(raw.values)}>`;
  if (raw.type === "object" && isObject(raw.properties)) {
    const parts = Object.entries(raw.properties).map(
      ([name, inner]) =>
        `${name}${isObject(inner) && inner.required === false ? "?" : ""}: ${typeText(inner)}`,
    );
    return `{${parts.join(", ")}}`;
  }
  const shape = Array.isArray(raw.shape) ? "[]" : "";
  return `${raw.type ?? "any"}${shape}`;
}

function factsOf(value: Yaml | undefined): [string, string][] {
  if (!isMap(value)) return [];
  return Object.entries(value)
    .filter(([, inner]) => inner !== null)
    .map(([key, inner]) => [key, typeof inner === "object" ? JSON.stringify(inner) : String(inner)]);
}

function textOf(value: Yaml | undefined): string {
  return value === undefined || value === null ? "" : String(value);
}

function isMap(value: Yaml | undefined): value is { [key: string]: Yaml } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
