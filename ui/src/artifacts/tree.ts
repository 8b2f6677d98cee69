/** The rows of a tree of files, out of the pages of those folders that are open. Pure. */
import type { FileInfo } from "../api/types.gen";

export interface Folder {
  files: readonly FileInfo[];
  /** Where the next page begins; undefined: these are all. */
  next?: string | undefined;
  state: "loading" | "ready" | "failed";
  error?: unknown;
}

export type Folders = ReadonlyMap<string, Folder>;

export interface TreeRow {
  id: string;
  kind: "folder" | "file" | "more" | "wait" | "failed";
  path: string;
  name: string;
  /** From 1, as ARIA counts. */
  level: number;
  size: number | null;
  /** Of a folder: whether it is open. */
  open?: boolean;
  /** Its place among its siblings, and how many are known; -1 while there are more. */
  place: number;
  siblings: number;
}

export function rowsOf(folders: Folders, open: ReadonlySet<string>): TreeRow[] {
  const rows: TreeRow[] = [];
  add(rows, folders, open, "", 1);
  return rows;
}

function add(
  rows: TreeRow[],
  folders: Folders,
  open: ReadonlySet<string>,
  path: string,
  level: number,
): void {
  const folder = folders.get(path);
  const other = { path, name: "", level, size: null, place: 1, siblings: -1 };
  if (!folder) {
    rows.push({ ...other, id: `wait:${path}`, kind: "wait" });
    return;
  }
  const siblings = folder.next === undefined ? folder.files.length : -1;
  folder.files.forEach((file, at) => {
    const row: TreeRow = {
      id: file.path,
      kind: file.is_dir ? "folder" : "file",
      path: file.path,
      name: nameOf(file.path),
      level,
      size: file.file_size ?? null,
      place: at + 1,
      siblings,
    };
    if (!file.is_dir) {
      rows.push(row);
      return;
    }
    const isOpen = open.has(file.path);
    rows.push({ ...row, open: isOpen });
    if (isOpen) add(rows, folders, open, file.path, level + 1);
  });
  if (folder.state === "failed") rows.push({ ...other, id: `failed:${path}`, kind: "failed" });
  else if (folder.state === "loading") rows.push({ ...other, id: `wait:${path}`, kind: "wait" });
  else if (folder.next !== undefined) rows.push({ ...other, id: `more:${path}`, kind: "more" });
}

/** A page has come: of the folder's beginning (`token` is empty) or of what follows. */
export function withPage(
  folders: Folders,
  path: string,
  token: string,
  page: { files: FileInfo[]; next: string | undefined },
): Folders {
  const before = token ? (folders.get(path)?.files ?? []) : [];
  return new Map(folders).set(path, { files: [...before, ...page.files], next: page.next, state: "ready" });
}

export function withState(
  folders: Folders,
  path: string,
  state: "loading" | "failed",
  error?: unknown,
): Folders {
  const before = folders.get(path);
  return new Map(folders).set(path, { files: [], ...before, state, error });
}

/** The folders that a path lies in, the outermost first: `a/b/c` → `a`, `a/b`. */
export function ancestors(path: string): string[] {
  const parts = path.split("/");
  return parts.slice(0, -1).map((_, at) => parts.slice(0, at + 1).join("/"));
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

export function entryOf(folders: Folders, path: string): FileInfo | undefined {
  const parent = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
  return folders.get(parent)?.files.find((file) => file.path === path);
}

/** Finds paths by a text in any case, or by an expression between slashes: `/epoch-\d+/`. */
export function finder(text: string): (path: string) => boolean {
  const expression = /^\/(.+)\/$/.exec(text.trim())?.[1];
  if (expression) {
    try {
      const wanted = new RegExp(expression, "i");
      return (path) => wanted.test(path);
    } catch {
      // half-typed: taken as a text until it is whole
    }
  }
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return (path) => {
    const low = path.toLowerCase();
    return words.every((word) => low.includes(word));
  };
}
