/** What a model's screen keeps in the URL. */
export interface ModelSearch {
  tab?: string;
}

export function checkModelSearch(raw: Record<string, unknown>): ModelSearch {
  return typeof raw.tab === "string" ? { tab: raw.tab } : {};
}
