/** What the children of the seen parents reached: the best of each metric that is seen, for parents that have none themselves. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { groupsOf } from "../api/runs";
import { isMetric } from "./fields";
import type { RunsState } from "./search";
import { bestOf } from "./useGroups";
import type { Runs } from "./useRuns";

type Best = ReadonlyMap<string, ReadonlyMap<string, number>>;
const PARENT = "tags.`mlflow.parentRunId`";
const NOTHING: Best = new Map();
const STEP = 50;

export function useRollUps(
  runs: Runs,
  state: RunsState,
  seen: readonly string[],
  first: number,
  last: number,
): Best {
  const nested = runs.where.roots === true;
  const { lines, rows, version } = runs;
  const from = Math.floor(first / STEP) * STEP;
  const to = Math.ceil(last / STEP) * STEP;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version tells that rows or lists have changed in place
  const parents = useMemo(() => {
    const found: string[] = [];
    for (let line = from; nested && line < to; line += 1) {
      const what = lines.at(line);
      const run = what?.kind === "run" ? rows.get(what.list.at(what.place))?.run : undefined;
      if (run && run.children > 0) found.push(run.run_id);
    }
    return found;
  }, [nested, lines, rows, version, from, to]);
  const metrics = seen.filter(isMetric);
  const { experiment_ids, folder } = runs.where;
  const message = {
    ...(experiment_ids && { experiment_ids }),
    ...(folder !== undefined && { folder }),
    view: state.trash === "none" ? "ACTIVE_ONLY" : "ALL",
    query: `${PARENT} IN (${parents.map((runId) => `'${runId}'`).join(", ")})`,
    by: [PARENT],
    metrics,
    max_results: Math.max(1, parents.length),
  };
  const found = useQuery({
    queryKey: ["runs", "rolled", message],
    queryFn: ({ signal }) => groupsOf(message, signal),
    enabled: parents.length > 0 && metrics.length > 0,
    placeholderData: keepPreviousData,
    staleTime: 5_000,
  });
  const groups = found.data?.groups;
  const names = metrics.join("\n");
  return useMemo(() => {
    if (!groups || !nested) return NOTHING;
    const best = new Map<string, ReadonlyMap<string, number>>();
    for (const group of groups) {
      const [parent] = group.values;
      const values = names.split("\n").flatMap((field, at) => {
        const reached = bestOf(group, at, field);
        return reached ? [[field, reached.value] as const] : [];
      });
      if (parent) best.set(parent, new Map(values));
    }
    return best;
  }, [groups, names, nested]);
}
