/** The runs that stay on top, the baseline first, whatever the query says. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { countOf, orderOf, tableOf } from "../api/runs";
import { isAsked } from "./fields";
import { type Scope, seenColumns } from "./first";
import { RunList } from "./list";
import type { RowStore } from "./rows";
import type { RunsState } from "./search";

export function usePinned(scope: Scope, state: RunsState, rows: RowStore, tick: () => void): RunList | null {
  const pins = [...new Set([state.base, ...state.pins])].filter((runId) => /^[\w-]+$/.test(runId));
  const found = useQuery({
    queryKey: ["runs", "pinned", pins],
    queryFn: async ({ signal }) => {
      const columns = seenColumns(scope.path).filter(isAsked);
      const query = `run_id IN (${pins.map((runId) => `'${runId}'`).join(", ")})`;
      return {
        ...(await tableOf({ query, view: "ALL", columns, max_results: pins.length }, signal)),
        columns,
      };
    },
    enabled: pins.length > 0,
    placeholderData: (before) => before,
  });
  const [list, setList] = useState<RunList | null>(null);
  const order = pins.join();
  useEffect(() => {
    const page = order ? found.data : undefined;
    if (!page) return setList(null);
    rows.put(page.rows, page.columns);
    const ids = new Map(page.rows.map(({ run_id, id }) => [run_id, id]));
    const next = new RunList({}, [], { order: orderOf, count: countOf }, tick);
    next.seed(
      order.split(",").flatMap((runId) => ids.get(runId) ?? []),
      true,
    );
    setList(next);
  }, [found.data, order, rows, tick]);
  return list;
}
