import { useEffect, useMemo, useState } from "react";
import { listFolder, type Place, placeKey } from "../api/artifacts";
import type { FileInfo } from "../api/types.gen";
import { finder } from "./tree";

const MOST = 200_000;
/** As many as a server gives at once: a walk wants all of them. */
const AT_ONCE = 10_000;

export interface Found {
  files: FileInfo[];
  /** How many files were looked at so far. */
  seen: number;
  done: boolean;
}

/** Everything below a place whose path has the text in it; folders are walked while one looks. */
export function useFound(place: Place, text: string): Found {
  const searching = text.trim() !== "";
  const [{ all, done }, setAll] = useState<{ all: FileInfo[]; done: boolean }>({ all: [], done: false });
  const key = placeKey(place);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` says which place it is
  useEffect(() => {
    setAll({ all: [], done: false });
    if (!searching) return;
    const stop = new AbortController();
    walk(place, stop.signal, (files, done) => setAll((now) => ({ all: [...now.all, ...files], done }))).catch(
      () => !stop.signal.aborted && setAll((now) => ({ ...now, done: true })),
    );
    return () => stop.abort();
  }, [key, searching]);
  const files = useMemo(() => {
    const fits = finder(text);
    return searching ? all.filter((file) => fits(file.path)) : [];
  }, [all, text, searching]);
  return { files, seen: all.length, done };
}

/** All files and folders, breadth first, a page at a time; at most MOST. */
export async function walk(
  place: Place,
  signal: AbortSignal,
  onFiles: (files: FileInfo[], done: boolean) => void,
  most = MOST,
): Promise<void> {
  const waiting = [""];
  let seen = 0;
  for (let folder = waiting.shift(); folder !== undefined && seen < most; folder = waiting.shift()) {
    let token: string | undefined = "";
    while (token !== undefined && seen < most) {
      const page = await listFolder(place, folder, token, signal, AT_ONCE);
      signal.throwIfAborted();
      seen += page.files.length;
      waiting.push(...page.files.filter((file) => file.is_dir).map((file) => file.path));
      onFiles(page.files, false);
      token = page.next;
    }
  }
  onFiles([], true);
}
