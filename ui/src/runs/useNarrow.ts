import { useSyncExternalStore } from "react";

const narrow = matchMedia("(max-width: 48rem)");

/** Whether the window is so narrow that little stands beside anything. */
export function useNarrow(): boolean {
  return useSyncExternalStore(follow, () => narrow.matches);
}

function follow(changed: () => void): () => void {
  narrow.addEventListener("change", changed);
  return () => narrow.removeEventListener("change", changed);
}
