import { useSyncExternalStore } from "react";

/** Height of a row in px, as the density says. */
export function useRowHeight(): number {
  return useSyncExternalStore(follow, read);
}

let height = 0;

/** Known until the density changes: asking the browser lays the page out. */
function read(): number {
  if (height === 0) {
    const style = getComputedStyle(document.documentElement);
    const rem = Number.parseFloat(style.fontSize) || 16;
    height = Math.round((Number.parseFloat(style.getPropertyValue("--row")) || 2) * rem);
  }
  return height;
}

function follow(changed: () => void): () => void {
  const observer = new MutationObserver(() => {
    height = 0;
    changed();
  });
  observer.observe(document.documentElement, {
    attributes: true,
    attributeFilter: ["data-density", "style"],
  });
  return () => observer.disconnect();
}
