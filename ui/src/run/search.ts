/** What a run's screen keeps in the URL. */
export interface RunSearch {
  tab?: string;
  path?: string;
}

export function checkRunSearch(raw: Record<string, unknown>): RunSearch {
  const search: RunSearch = {};
  if (typeof raw.tab === "string") search.tab = raw.tab;
  if (typeof raw.path === "string") search.path = raw.path;
  return search;
}
