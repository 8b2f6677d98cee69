/** What the comparison keeps in the URL: the runs, in the order of their columns. */
export interface CompareSearch {
  runs: string[];
}

export function checkCompareSearch(raw: Record<string, unknown>): CompareSearch {
  return { runs: Array.isArray(raw.runs) ? raw.runs.map(String) : [] };
}
