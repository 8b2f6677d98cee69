/** What the home screen keeps in the URL: what one searches for, and the order. */
import { SORTS, type Sort } from "./places";

export interface HomeSearch {
  q?: string;
  sort?: Sort;
}

export function checkHomeSearch(raw: Record<string, unknown>): HomeSearch {
  const search: HomeSearch = {};
  if (typeof raw.q === "string" || typeof raw.q === "number") search.q = String(raw.q);
  const sort = SORTS.find((one) => one === raw.sort);
  if (sort && sort !== "name") search.sort = sort;
  return search;
}
