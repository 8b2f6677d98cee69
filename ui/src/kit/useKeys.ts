/**
 * Which keys do what on the present screen. Screens say theirs with `useKeys`; one listener obeys, the help (`?`) and the
 * palette (`Ctrl-K`) list them.
 *
 * Keys are written as `KeyboardEvent.key` has them: `?`, `n`, `1`, `ArrowDown`, `Delete`; before it `Mod+` (Ctrl, or ⌘ on
 * a Mac), `Shift+`, `Alt+`. Two keys one after the other stand with a space between them: `g m`.
 */
import { useEffect, useRef, useSyncExternalStore } from "react";

export interface Key {
  keys: string;
  /** What it does, in the page's language. */
  label: string;
  /** Missing: a part of the screen obeys it by itself where it has the focus; it is only listed. */
  run?: (event: KeyboardEvent) => void;
}

export interface KeyArea {
  area: string;
  keys: readonly Key[];
  /** Whether it is the frame around the screen: a screen's own keys go first. */
  frame: boolean;
}

/** Says what keys do while the component is on the screen. `area` is the heading they stand under in the help. */
export function useKeys(area: string, keys: readonly Key[], frame = false): void {
  const latest = useRef(keys);
  latest.current = keys;
  const shape = keys.map(({ keys, label, run }) => `${keys}\t${label}\t${run ? "" : "listed"}`).join("\n");
  useEffect(() => {
    const bound = shape
      .split("\n")
      .filter(Boolean)
      .map((line) => {
        const [name = "", label = "", listed] = line.split("\t");
        if (listed) return { keys: name, label };
        const run = (event: KeyboardEvent) => latest.current.find(({ keys }) => keys === name)?.run?.(event);
        return { keys: name, label, run };
      });
    return register({ area, keys: bound, frame });
  }, [area, shape, frame]);
}

/** All areas that are on the screen: those that came last first, the frame's at the end. */
export function useKeyAreas(): readonly KeyArea[] {
  return useSyncExternalStore(subscribe, () => areas);
}

/** Whether single keys work; those with Ctrl always do. WCAG 2.1.4 wants a way to turn them off. */
export function allowSingleKeys(on: boolean): void {
  singles = on;
}

let areas: readonly KeyArea[] = [];
let singles = true;
let begun: { key: string; until: number } | undefined;
const SEQUENCE = 1_200;
const EDITS = /^Mod\+(Shift\+)?[acvxyz]$/; // in a field these are the field's
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function register(area: KeyArea): () => void {
  if (areas.length === 0) document.addEventListener("keydown", obey);
  areas = [area, ...areas].sort((one, other) => Number(one.frame) - Number(other.frame));
  changed();
  return () => {
    areas = areas.filter((one) => one !== area);
    if (areas.length === 0) document.removeEventListener("keydown", obey);
    changed();
  };
}

function changed(): void {
  for (const listener of listeners) listener();
}

function obey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const pressed = written(event);
  if (!pressed) return;
  const modified = event.ctrlKey || event.metaKey;
  if (modified && EDITS.test(pressed) && writes(event.target)) return;
  if (!modified && (!singles || writes(event.target) || blocked())) return;
  const sequence = begun && begun.until > event.timeStamp ? `${begun.key} ${pressed}` : "";
  begun = undefined;
  const all = areas.flatMap(({ keys }) => keys.filter(({ run }) => run));
  const found = all.find(({ keys }) => keys === sequence) ?? all.find(({ keys }) => keys === pressed);
  if (found) {
    event.preventDefault();
    found.run?.(event);
  } else if (all.some(({ keys }) => keys.startsWith(`${pressed} `))) {
    begun = { key: pressed, until: event.timeStamp + SEQUENCE };
  }
}

/** An event as keys are written; empty for a modifier alone. */
export function written(event: KeyboardEvent): string {
  const { key } = event;
  if (["Control", "Shift", "Alt", "Meta", "Dead", "AltGraph"].includes(key)) return "";
  const single = key.length === 1;
  const mod = event.ctrlKey || event.metaKey ? "Mod+" : "";
  const alt = event.altKey && !single ? "Alt+" : "";
  // `?` is typed with Shift on most keyboards: what counts is the sign, not how it came about.
  const shift = event.shiftKey && (!single || /[a-zA-Z]/.test(key)) ? "Shift+" : "";
  return `${mod}${alt}${shift}${single ? key.toLowerCase() : key}`;
}

function writes(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.matches("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
}

/** A dialog or a menu that is open has the keyboard for itself. */
function blocked(): boolean {
  return document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"]') !== null;
}

const MAC = /mac|iphone|ipad/i.test(navigator.platform);
const SIGNS: Record<string, string> = {
  Mod: MAC ? "⌘" : "Ctrl",
  Shift: "⇧",
  Alt: MAC ? "⌥" : "Alt",
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Escape: "Esc",
  Delete: "Del",
  Enter: "⏎",
  " ": "␣",
};

/** Keys as caps to draw: `Mod+k` is [["Ctrl", "K"]], `g m` is [["G"], ["M"]]. */
export function caps(keys: string): string[][] {
  return (keys === " " ? [" "] : keys.split(" ")).map((step) =>
    (step === "+" ? ["+"] : step.split("+")).map(
      (cap) => SIGNS[cap] ?? (cap.length === 1 ? cap.toUpperCase() : cap),
    ),
  );
}
