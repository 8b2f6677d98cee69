/** What a person chose for this browser: language, theme, density. Kept in local storage; nothing else of them is. */

export const LANGUAGES = ["en", "es"] as const;
export const THEMES = ["system", "light", "dark"] as const;
export const DENSITIES = ["compact", "normal", "roomy"] as const;

export interface Settings {
  language: (typeof LANGUAGES)[number];
  theme: (typeof THEMES)[number];
  density: (typeof DENSITIES)[number];
}

const PLACE = "hito.settings";
const dark = matchMedia("(prefers-color-scheme: dark)");

export function readSettings(): Settings {
  const kept = stored();
  return {
    language: one(LANGUAGES, kept.language) ?? (navigator.language.startsWith("es") ? "es" : "en"),
    theme: one(THEMES, kept.theme) ?? "system",
    density: one(DENSITIES, kept.density) ?? "normal",
  };
}

export function writeSettings(settings: Settings): void {
  try {
    localStorage.setItem(PLACE, JSON.stringify(settings));
  } catch {
    // Storage may be full or forbidden; the choice then lasts as long as the page.
  }
  applySettings(settings);
}

/** Points the tokens at the chosen theme and density, and keeps following the system where that was chosen. */
export function applySettings({ language, theme, density }: Settings): void {
  const html = document.documentElement;
  const paint = () => {
    html.dataset.theme = theme === "system" ? (dark.matches ? "dark" : "light") : theme;
  };
  html.lang = language;
  html.dataset.density = density;
  dark.onchange = theme === "system" ? paint : null;
  paint();
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
