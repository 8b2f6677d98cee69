/** A number that changes with the theme, so that what is drawn on a canvas is drawn again in the new colours. */
import { useSyncExternalStore } from "react";

let version = 0;
const listeners = new Set<() => void>();
let watched = false;

function subscribe(listener: () => void): () => void {
  if (!watched) watch();
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function watch(): void {
  watched = true;
  const made = new MutationObserver(() => {
    version += 1;
    for (const listener of listeners) listener();
  });
  made.observe(document.documentElement, { attributeFilter: ["data-theme", "data-density", "lang"] });
}

export function useTheme(): number {
  return useSyncExternalStore(subscribe, () => version);
}
