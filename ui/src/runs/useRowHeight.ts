import { useSyncExternalStore } from "react";

/** Height of a row in px, as the density says. */
export function useRowHeight(): number {
  return useSyncExternalStore(follow, height);
}

function height(): number {
  const style = getComputedStyle(document.documentElement);
  const rem = Number.parseFloat(style.fontSize) || 16;
  return Math.round((Number.parseFloat(style.getPropertyValue("--row")) || 2) * rem);
}

function follow(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, {
    attributes: true,
    attributeFilter: ["data-density", "style"],
  });
  return () => observer.disconnect();
}
