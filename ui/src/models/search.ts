/** What the screens of models keep in the URL. */

export interface ModelsSearch {
  q?: string;
}

export interface ModelSearch {
  tab?: string;
  /** Metrics in the leaderboard, joined by `*`; missing: those that most versions have. */
  metrics?: string;
  /** The column that orders the leaderboard; a dash means the greatest first. */
  sort?: string;
}

export interface VersionSearch {
  tab?: string;
  path?: string;
}

export function checkModelsSearch(raw: Record<string, unknown>): ModelsSearch {
  const q = textOf(raw.q);
  return q ? { q } : {};
}

export function checkModelSearch(raw: Record<string, unknown>): ModelSearch {
  const search: ModelSearch = {};
  for (const key of ["tab", "metrics", "sort"] as const) {
    const value = textOf(raw[key]);
    if (value !== undefined) search[key] = value;
  }
  return search;
}

export function checkVersionSearch(raw: Record<string, unknown>): VersionSearch {
  const search: VersionSearch = {};
  for (const key of ["tab", "path"] as const) {
    const value = textOf(raw[key]);
    if (value) search[key] = value;
  }
  return search;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : undefined;
}
