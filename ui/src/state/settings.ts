/** What a person chose for this browser: language, theme, density, keys. Kept in local storage; nothing else of them is. */
import { useSyncExternalStore } from "react";
import { allowSingleKeys } from "../kit/useKeys";
import { speak } from "../words/words";

export const LANGUAGES = ["en", "es"] as const;
export const THEMES = ["system", "light", "dark"] as const;
export const DENSITIES = ["compact", "normal", "roomy"] as const;

export interface Settings {
  language: (typeof LANGUAGES)[number];
  theme: (typeof THEMES)[number];
  density: (typeof DENSITIES)[number];
  /** Whether single keys are commands. */
  keys: boolean;
}

const PLACE = "hito.settings";
const dark = matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();
let current: Settings | undefined;

export function readSettings(): Settings {
  if (current) return current;
  const kept = stored();
  current = {
    language: one(LANGUAGES, kept.language) ?? (navigator.language.startsWith("es") ? "es" : "en"),
    theme: one(THEMES, kept.theme) ?? "system",
    density: one(DENSITIES, kept.density) ?? "normal",
    keys: kept.keys !== false,
  };
  return current;
}

export function useSettings(): Settings {
  return useSyncExternalStore(listen, readSettings);
}

/** Changes some settings, keeps them, and applies them at once. */
export async function changeSettings(change: Partial<Settings>): Promise<void> {
  const settings = { ...readSettings(), ...change };
  try {
    localStorage.setItem(PLACE, JSON.stringify(settings));
  } catch {
    // Storage may be full or forbidden; the choice then lasts as long as the page.
  }
  if (change.language) await speak(change.language);
  current = settings;
  applySettings(settings);
  for (const listener of listeners) listener();
}

/** Points the tokens at the chosen theme and density, and keeps following the system where that was chosen. */
export function applySettings({ language, theme, density, keys }: Settings): void {
  const html = document.documentElement;
  const paint = () => {
    html.dataset.theme = theme === "system" ? (dark.matches ? "dark" : "light") : theme;
  };
  html.lang = language;
  html.dataset.density = density;
  dark.onchange = theme === "system" ? paint : null;
  allowSingleKeys(keys);
  paint();
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function stored(): Partial<Record<keyof Settings, unknown>> {
  try {
    return (JSON.parse(localStorage.getItem(PLACE) ?? "{}") ?? {}) as Partial<
      Record<keyof Settings, unknown>
    >;
  } catch {
    return {};
  }
}

function one<T extends string>(choices: readonly T[], value: unknown): T | undefined {
  return choices.find((choice) => choice === value);
}
