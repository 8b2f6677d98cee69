/** Whose curves a grid draws: the runs it was given, or the first that there are; grouped by a field where that was asked. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { columnsQuery } from "../api/curves";
import type { Where } from "../api/types.gen";
import { coloursOf } from "./colours";
import { shortName } from "./fieldNames";
import { MOST_RUNS, type RunGroup, type ShownRun } from "./shown";

interface GridRuns {
  runs: readonly ShownRun[];
  groups: readonly RunGroup[] | undefined;
  /** How many runs there are to compare, at least. */
  count: number;
}

const FEW = 20;

export function useGridRuns(
  where: Where,
  orderBy: readonly string[],
  given: readonly ShownRun[],
  groups: readonly RunGroup[] | undefined,
  by: string,
): GridRuns {
  const asked = by !== "" || given.length === 0;
  const found = useQuery({
    ...columnsQuery(where, orderBy, by ? [by] : [], MOST_RUNS),
    enabled: asked,
    placeholderData: keepPreviousData,
  });
  const columns = asked ? found.data : undefined;
  return useMemo(() => {
    if (!columns) return { runs: given, groups, count: given.length };
    const { runIds, names } = columns;
    const colours = coloursOf(runIds);
    const all = runIds.map((run_id, at) => ({
      run_id,
      label: names[at] || run_id,
      colour: colours.get(run_id) ?? "",
    }));
    const values = by ? columns.of.get(by)?.values : undefined;
    if (!values) return { runs: given.length > 0 ? given : all.slice(0, FEW), groups, count: runIds.length };
    const members = new Map<string, string[]>();
    runIds.forEach((runId, at) => {
      const value = values[at];
      const missing = value === null || value === undefined || Number.isNaN(value);
      const label = missing ? "–" : `${shortName(by)} = ${value}`;
      members.set(label, [...(members.get(label) ?? []), runId]);
    });
    const made = [...members]
      .sort(([one], [other]) => one.localeCompare(other, undefined, { numeric: true }))
      .map(([label, run_ids], at) => ({
        key: label,
        label: `${label} (${run_ids.length})`,
        colour: `var(--series-${at % 10})`,
        run_ids,
      }));
    return { runs: all, groups: made, count: runIds.length };
  }, [columns, given, groups, by]);
}
