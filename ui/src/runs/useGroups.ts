/** Groups of runs, their metrics summed up. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { groupsOf } from "../api/runs";
import type { Group, Where } from "../api/types.gen";
import { fieldOf, isMetric, lowerIsBetter } from "./fields";
import type { RunsState } from "./search";

const NO_GROUPS: Group[] = [];

export interface RunGroups {
  groups: Group[];
  /** Groups in all; more than are given if there are very many. */
  total: number;
  /** The metrics that are summed up, in the order of each group's. */
  metrics: string[];
  problem: unknown;
  loading: boolean;
  late: boolean;
  refetch: () => void;
}

export function useGroups(where: Where, state: RunsState, shown: string[]): RunGroups {
  const by = state.by;
  const sort = state.sort[0];
  const metrics = [...new Set([...(sort && isMetric(sort.field) ? [sort.field] : []), ...shown])];
  const at = sort ? metrics.indexOf(sort.field) : -1;
  const order = at >= 0 ? `mean ${at}` : sort?.field === "run_name" ? "count" : "newest";
  const message = { ...where, by, metrics, order, descending: sort?.down ?? true };
  const found = useQuery({
    queryKey: ["runs", "groups", message],
    queryFn: async ({ signal }) => ({ ...(await groupsOf(message, signal)), metrics }),
    enabled: by.length > 0,
    placeholderData: keepPreviousData,
    staleTime: 2_000,
  });
  return {
    groups: found.data?.groups ?? NO_GROUPS,
    total: found.data?.total ?? 0,
    metrics: found.data?.metrics ?? metrics,
    problem: found.error,
    loading: by.length > 0 && found.isPending,
    late: by.length > 0 && found.isPlaceholderData,
    refetch: () => {
      if (by.length > 0) void found.refetch();
    },
  };
}

/** The best run of a group by a metric: the least where less is better. */
export function bestOf(group: Group, at: number, field: string): { value: number; run: string } | null {
  const summary = group.metrics[at];
  if (!summary) return null;
  const least = lowerIsBetter(fieldOf(field).key);
  const value = least ? summary.min : summary.max;
  return value === null ? null : { value, run: least ? summary.min_run : summary.max_run };
}
