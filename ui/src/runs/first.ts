/** The first questions of the screen: asked by the route, before any of its code has come, and the same again by the screen. */
import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { checked, fieldsOf, type TableAnswer, tableOf } from "../api/runs";
import type { Fields, Where } from "../api/types.gen";
import { isAsked } from "./fields";
import { orderBy, type RunsSearch, type RunsState, stateOf } from "./search";

/** What the screen is of, as its path says: `experiments/1,2` or `folders/vision`. Views are kept under it, too. */
export interface Scope {
  path: string;
  where: Where;
}

export interface FirstPage extends TableAnswer {
  /** The columns that its rows have. */
  columns: string[];
}

const PAGE = 100;

export function scopeOf(params: { ids?: string; _splat?: string | undefined }): Scope {
  if (params.ids !== undefined)
    return { path: `experiments/${params.ids}`, where: { experiment_ids: params.ids.split(",") } };
  return { path: `folders/${params._splat ?? ""}`, where: { folder: params._splat ?? "" } };
}

/** Which runs are shown. Children stand below their parents, unless they are searched for or asked for flat. */
export function whereOf(scope: Scope, state: Pick<RunsState, "query" | "flat" | "by" | "trash">): Where {
  const query = state.query.trim();
  const view = { none: "ACTIVE_ONLY", only: "DELETED_ONLY", all: "ALL" }[state.trash];
  const roots = !state.flat && query === "" && state.by.length === 0 && state.trash === "none";
  return { ...scope.where, ...(query && { query }), view, ...(roots && { roots }) };
}

export function firstPage(scope: Scope, state: RunsState) {
  const where = whereOf(scope, state);
  const order = orderBy(state.sort);
  return queryOptions({
    queryKey: ["runs", "first", where, order],
    queryFn: async ({ signal }): Promise<FirstPage> => {
      const columns = seenColumns(scope.path).filter(isAsked);
      const page = await tableOf({ ...where, order_by: order, columns, max_results: PAGE }, signal);
      return { ...page, columns };
    },
    structuralSharing: false,
    staleTime: 2_000,
  });
}

export function fieldsQuery(scope: Scope, trash: RunsState["trash"]) {
  const view = trash === "none" ? "ACTIVE_ONLY" : "ALL";
  return queryOptions({
    queryKey: ["runs", "fields", scope.where, view],
    queryFn: ({ signal }): Promise<Fields> => fieldsOf({ ...scope.where, view }, signal),
    staleTime: 60_000,
  });
}

/** What a query is: a filter, a plain text, or wrong and where. */
export function checkQuery(query: string) {
  return queryOptions({
    queryKey: ["runs", "check", query],
    queryFn: ({ signal }) => checked(query, signal),
    enabled: query !== "",
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** For the routes' loaders: begins and does not wait. */
export function startRuns(
  queries: QueryClient,
  params: { ids?: string; _splat?: string | undefined },
  search: RunsSearch,
): void {
  const scope = scopeOf(params);
  const state = stateOf(search);
  void queries.prefetchQuery(firstPage(scope, state));
  void queries.prefetchQuery(fieldsQuery(scope, state.trash));
}

/** The columns that were seen in this scope at last: the first page brings them along. */
const seen = new Map<string, string[]>();
const PLACE = "hito.seen.";
const MOST = 24;

export function seenColumns(path: string): string[] {
  const known = seen.get(path);
  if (known) return known;
  let kept: string[] = [];
  try {
    const value: unknown = JSON.parse(localStorage.getItem(PLACE + path) ?? "[]");
    if (Array.isArray(value)) kept = value.filter((one) => typeof one === "string").slice(0, MOST);
  } catch {
    // Storage may be forbidden or hold what is not ours.
  }
  seen.set(path, kept);
  return kept;
}

export function rememberColumns(path: string, columns: readonly string[]): void {
  const some = columns.slice(0, MOST);
  if (seenColumns(path).join("\n") === some.join("\n")) return;
  seen.set(path, some);
  try {
    localStorage.setItem(PLACE + path, JSON.stringify(some));
  } catch {
    // Then the next visit asks for the cells one moment later.
  }
}
