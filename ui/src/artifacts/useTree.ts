import { useCallback, useEffect, useRef, useState } from "react";
import { listFolder, type Place, placeKey } from "../api/artifacts";
import { ancestors, type Folders, withPage, withState } from "./tree";

export interface Tree {
  folders: Folders;
  open: ReadonlySet<string>;
  toggle: (path: string) => void;
  more: (path: string) => void;
  reload: () => void;
}

/** The folders of a place, loaded page by page as they are opened; those that hold `path` are open from the beginning. */
export function useTree(place: Place, path: string): Tree {
  const key = placeKey(place);
  const [folders, setFolders] = useState<Folders>(new Map());
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const where = useRef({ key, place, asked: new Set<string>() });
  where.current.place = place;

  const load = useCallback((folder: string, token: string) => {
    const { key: at, asked } = where.current;
    const mark = `${folder}\n${token}`;
    if (asked.has(mark)) return;
    asked.add(mark);
    setFolders((all) => withState(all, folder, "loading"));
    listFolder(where.current.place, folder, token).then(
      (page) => where.current.key === at && setFolders((all) => withPage(all, folder, token, page)),
      (error: unknown) => {
        asked.delete(mark);
        if (where.current.key === at) setFolders((all) => withState(all, folder, "failed", error));
      },
    );
  }, []);

  const start = useCallback(() => {
    where.current.asked.clear();
    load("", "");
  }, [load]);

  useEffect(() => {
    where.current.key = key;
    setFolders(new Map());
    setOpen(new Set());
    start();
  }, [key, start]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: with another place, the folders are opened anew
  useEffect(() => {
    const above = ancestors(path);
    if (above.length === 0) return;
    for (const folder of above) load(folder, "");
    setOpen((all) => (above.every((folder) => all.has(folder)) ? all : new Set([...all, ...above])));
  }, [path, key, load]);

  const toggle = useCallback(
    (folder: string) => {
      setOpen((all) => {
        const next = new Set(all);
        if (!next.delete(folder)) next.add(folder);
        return next;
      });
      load(folder, "");
    },
    [load],
  );
  const more = useCallback(
    (folder: string) => load(folder, folders.get(folder)?.next ?? ""),
    [folders, load],
  );
  const reload = useCallback(() => {
    start();
    for (const folder of open) load(folder, "");
  }, [start, load, open]);
  return { folders, open, toggle, more, reload };
}
