import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { call } from "../api/call";
import { GET_EXPERIMENT, TREE } from "../api/types.gen";
import type { Scope } from "./first";

export interface ScopeNames {
  /** Names by id. */
  names: ReadonlyMap<string, string>;
  /** Whether runs of more than one experiment may be shown. */
  several: boolean;
  problem: unknown;
}

/** What the experiments of a scope are called: one by itself, several from the tree. */
export function useScopeNames({ where }: Scope): ScopeNames {
  const ids = where.experiment_ids ?? [];
  const single = ids.length === 1 ? (ids[0] ?? "") : "";
  const one = useQuery({
    queryKey: ["experiment", single],
    queryFn: async ({ signal }) => (await call(GET_EXPERIMENT, { experiment_id: single }, signal)).experiment,
    enabled: single !== "",
    staleTime: 60_000,
  });
  const tree = useQuery({
    queryKey: ["experiments", "ACTIVE_ONLY"],
    queryFn: async ({ signal }) => (await call(TREE, { view: "ACTIVE_ONLY" }, signal)).experiments,
    enabled: single === "",
  });
  const names = useMemo(() => {
    if (single) return new Map(one.data ? [[single, one.data.name]] : []);
    return new Map((tree.data ?? []).map(({ experiment_id, name }) => [experiment_id, name]));
  }, [single, one.data, tree.data]);
  return { names, several: single === "", problem: one.error };
}
