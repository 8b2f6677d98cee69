/** What a run's capture files say of where it ran (docs/capture.md): hito/environment.json and requirements.txt. */

export interface Captured {
  command: string[];
  folder: string;
  entryPoint: string;
  python: string;
  /** System, processor, memory …, as lines. */
  machine: [string, string][];
  settings: [string, string][];
  seeds: [string, string][];
  /** Everything that was installed: name → version. */
  installed: Record<string, string>;
  /** What was imported: name → version. */
  imported: Record<string, string>;
  /** Files that were not kept, and why. */
  leftOut: string[];
}

type Json = Record<string, unknown>;

export function capturedOf(environment: string | null, requirements: string | null): Captured {
  const raw = parsed(environment);
  const python = object(raw.python);
  const platform = object(raw.platform);
  const processor = object(raw.processor);
  return {
    command: Array.isArray(raw.command) ? raw.command.map(String) : [],
    folder: text(raw.folder),
    entryPoint: text(raw.entry_point),
    python: [text(python.implementation), text(python.version)].filter(Boolean).join(" "),
    machine: lines({
      system: [platform.system, platform.release].map(text).filter(Boolean).join(" "),
      architecture: text(platform.machine),
      libc: text(platform.libc),
      processor: text(processor.model),
      cores: text(processor.usable ?? processor.count),
      memory: text(processor.memory_bytes),
    }),
    settings: lines(object(raw.settings)),
    seeds: Object.entries(object(raw.seeds)).map(([name, value]) => [name, seedText(value)]),
    installed: texts(object(raw.distributions)),
    imported: pins(requirements ?? ""),
    leftOut: leftOut(object(raw.source).left_out),
  };
}

/** The packages to show and compare: what was imported, where that is known. */
export function packagesOf(captured: Captured): Record<string, string> {
  return Object.keys(captured.imported).length > 0 ? captured.imported : captured.installed;
}

/** Name → version of the lines that pin one; names as PyPI compares them. */
export function pins(requirements: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const line of requirements.split("\n")) {
    const match = /^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*==\s*([^\s;\\]+)/.exec(line);
    if (match?.[1] && match[2]) found[normal(match[1])] = match[2];
  }
  return found;
}

export function normal(name: string): string {
  return name.replace(/[-_.]+/g, "-").toLowerCase();
}

function seedText(value: unknown): string {
  const { seed, state } = object(value);
  if (seed !== undefined) return String(seed);
  return state === undefined ? String(value) : `state ${String(state)}`;
}

function leftOut(value: unknown): string[] {
  if (Array.isArray(value)) return value.map((one) => (typeof one === "string" ? one : JSON.stringify(one)));
  return Object.entries(object(value)).map(([name, why]) => `${name}: ${String(why)}`);
}

function lines(raw: Json): [string, string][] {
  return Object.entries(raw)
    .map(([key, value]): [string, string] => [key, text(value)])
    .filter(([, value]) => value !== "");
}

function texts(raw: Json): Record<string, string> {
  return Object.fromEntries(Object.entries(raw).map(([name, value]) => [normal(name), String(value)]));
}

function parsed(content: string | null): Json {
  try {
    return content ? object(JSON.parse(content)) : {};
  } catch {
    return {};
  }
}

function object(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function text(value: unknown): string {
  return value === undefined || value === null ? "" : String(value);
}
