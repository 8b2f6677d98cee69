/** What the trash keeps in the URL. */
export interface TrashSearch {
  tab?: "runs";
  q?: string;
}

export function checkTrashSearch(raw: Record<string, unknown>): TrashSearch {
  const search: TrashSearch = {};
  if (raw.tab === "runs") search.tab = "runs";
  if (typeof raw.q === "string" && raw.q) search.q = raw.q;
  return search;
}
