/** How a file is shown, by its name; what has none that says so is looked into. */

export type Kind =
  | "picture"
  | "csv"
  | "parquet"
  | "json"
  | "lines"
  | "markdown"
  | "html"
  | "pdf"
  | "notebook"
  | "text"
  | "sound"
  | "film"
  | "unknown";

export interface Shown {
  kind: Kind;
  /** The language to colour a text by, as highlight.js names it. */
  language?: string;
}

const KINDS: Record<string, Kind> = {
  png: "picture",
  jpg: "picture",
  jpeg: "picture",
  gif: "picture",
  webp: "picture",
  avif: "picture",
  bmp: "picture",
  ico: "picture",
  svg: "picture",
  csv: "csv",
  tsv: "csv",
  parquet: "parquet",
  pq: "parquet",
  json: "json",
  geojson: "json",
  webmanifest: "json",
  jsonl: "lines",
  ndjson: "lines",
  md: "markdown",
  markdown: "markdown",
  html: "html",
  htm: "html",
  pdf: "pdf",
  ipynb: "notebook",
  mp3: "sound",
  wav: "sound",
  ogg: "sound",
  flac: "sound",
  mp4: "film",
  webm: "film",
  mov: "film",
};

const LANGUAGES: Record<string, string> = {
  py: "python",
  pyi: "python",
  yaml: "yaml",
  yml: "yaml",
  toml: "ini",
  ini: "ini",
  cfg: "ini",
  conf: "ini",
  properties: "ini",
  js: "javascript",
  mjs: "javascript",
  jsx: "javascript",
  ts: "typescript",
  tsx: "typescript",
  css: "css",
  xml: "xml",
  sql: "sql",
  sh: "bash",
  bash: "bash",
  zsh: "bash",
  r: "r",
  jl: "julia",
  java: "java",
  scala: "scala",
  kt: "kotlin",
  c: "c",
  h: "c",
  cpp: "cpp",
  hpp: "cpp",
  cu: "cpp",
  cs: "csharp",
  go: "go",
  rs: "rust",
  rb: "ruby",
  php: "php",
  swift: "swift",
  lua: "lua",
  diff: "diff",
  patch: "diff",
  dockerfile: "dockerfile",
  makefile: "makefile",
  mk: "makefile",
  tex: "latex",
  proto: "protobuf",
  mlmodel: "yaml",
  mlproject: "yaml",
  txt: "",
  log: "",
  out: "",
  err: "",
  rst: "",
  lgb: "",
  lock: "",
  requirements: "",
};

/** Names that end in these hold bytes for programs, whatever their first bytes look like. */
const BYTES = new Set(
  "bin pkl pickle joblib npy npz pt pth onnx h5 hdf5 skops ubj zip gz tar tgz bz2 xz whl so arrow feather safetensors".split(
    " ",
  ),
);

export function shownAs(path: string): Shown {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  const dot = name.lastIndexOf(".");
  const ending = dot >= 0 ? name.slice(dot + 1) : name;
  const kind = KINDS[ending];
  if (kind) return { kind };
  const language = LANGUAGES[ending];
  if (language !== undefined) return language ? { kind: "text", language } : { kind: "text" };
  return { kind: "unknown" };
}

export function holdsBytes(path: string): boolean {
  return BYTES.has(path.slice(path.lastIndexOf(".") + 1).toLowerCase());
}

/** Whether the beginning of a file is text: UTF-8 without control characters but those of terminals. */
export function looksLikeText(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, 4096);
  for (const byte of head) if (byte < 7 || (byte > 13 && byte < 27) || byte === 127) return false;
  try {
    // `stream`: the end may fall into the middle of a character.
    new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true });
    return true;
  } catch {
    return false;
  }
}

export function isPicture(path: string): boolean {
  return shownAs(path).kind === "picture";
}
