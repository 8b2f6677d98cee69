/** Whether the server is within reach: queries say what they saw, and the banner asks until it answers again. */
import { useSyncExternalStore } from "react";
import { address } from "../api/call";

const EVERY = 3_000;
const listeners = new Set<() => void>();
let away = false;
let timer: ReturnType<typeof setTimeout> | undefined;

export function useAway(): boolean {
  return useSyncExternalStore(listen, () => away);
}

/** A question went unanswered. `back` is called when the server answers again. */
export function sawNoServer(back: () => void): void {
  if (away) return;
  set(true);
  timer = setTimeout(() => knock(back), EVERY);
}

export function sawServer(): void {
  if (!away) return;
  clearTimeout(timer);
  set(false);
}

async function knock(back: () => void): Promise<void> {
  if (!away) return;
  try {
    const answer = await fetch(address("health"), { cache: "no-store" });
    if (answer.ok) {
      set(false);
      back();
      return;
    }
  } catch {
    // Still away.
  }
  timer = setTimeout(() => knock(back), EVERY);
}

function set(now: boolean): void {
  away = now;
  for (const listener of listeners) listener();
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
