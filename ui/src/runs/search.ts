/** What the runs' screen keeps in the URL. */
export interface RunsSearch {
  q?: string;
}

export function checkRunsSearch(raw: Record<string, unknown>): RunsSearch {
  return typeof raw.q === "string" ? { q: raw.q } : {};
}
