/** Small things that a browser remembers between visits: favourites, open folders. */
import { useCallback, useSyncExternalStore } from "react";

const values = new Map<string, readonly string[] | null>();
const listeners = new Set<() => void>();
const NONE: readonly string[] = [];

addEventListener("storage", (event) => {
  if (event.key) values.delete(event.key); // another tab wrote it
  tell();
});

/** A list of texts under a name, and how to put one in or take it out. `first`: the list until there is one. */
export function useKept(
  name: string,
  first: readonly string[] = NONE,
): [readonly string[], (item: string, on: boolean) => void] {
  const place = `hito.${name}`;
  const items = useSyncExternalStore(listen, () => read(place)) ?? first;
  const put = useCallback(
    (item: string, on: boolean) => {
      const others = (read(place) ?? first).filter((one) => one !== item);
      write(place, on ? [...others, item] : others);
    },
    [place, first],
  );
  return [items, put];
}

/** Null where nothing was ever kept. */
function read(place: string): readonly string[] | null {
  let items = values.get(place);
  if (items === undefined) {
    items = parsed(localStorage.getItem(place));
    values.set(place, items);
  }
  return items;
}

function write(place: string, items: readonly string[]): void {
  values.set(place, items);
  try {
    localStorage.setItem(place, JSON.stringify(items));
  } catch {
    // Storage may be full or forbidden; the choice then lasts as long as the page.
  }
  tell();
}

function parsed(text: string | null): readonly string[] | null {
  try {
    const value: unknown = JSON.parse(text ?? "null");
    return Array.isArray(value) ? value.filter((item) => typeof item === "string") : null;
  } catch {
    return null;
  }
}

function tell(): void {
  for (const listener of listeners) listener();
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
