/** Experiments: their tree, what was run last, and what changes them. */
import { type QueryClient, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { call } from "./call";
import { useNews } from "./live";
import {
  CREATE_EXPERIMENT,
  DELETE_EXPERIMENT,
  type ExperimentNode,
  RECENT,
  RESTORE_EXPERIMENT,
  SET_EXPERIMENT_TAG,
  TREE,
  UPDATE_EXPERIMENT,
} from "./types.gen";

export const NOTE = "mlflow.note.content";

type View = "ACTIVE_ONLY" | "DELETED_ONLY";

export function useExperiments(view: View = "ACTIVE_ONLY") {
  return useQuery({
    queryKey: ["experiments", view],
    queryFn: async ({ signal }) => (await call(TREE, { view }, signal)).experiments,
  });
}

export function useRecentRuns(max_results = 20) {
  return useQuery({
    queryKey: ["recent", max_results],
    queryFn: async ({ signal }) => (await call(RECENT, { max_results }, signal)).rows,
  });
}

/** Keeps the tree and the latest runs as the server has them: at once when little is shown, else every few seconds. */
export function useLiveExperiments(shown: number): void {
  const queries = useQueryClient();
  const refresh = useThrottled(shown > 2_000 ? 5_000 : 400, () => {
    queries.invalidateQueries({ queryKey: ["experiments"] });
    queries.invalidateQueries({ queryKey: ["recent"] });
  });
  useNews({}, refresh);
}

export type ExperimentChange =
  | { do: "create"; name: string; description: string }
  | { do: "rename"; changes: { id: string; name: string }[] }
  | { do: "describe"; id: string; description: string }
  | { do: "delete" | "restore"; ids: string[] };

/** One change to experiments; a folder's change is that of all experiments in it, one after the other. */
export function useChangeExperiments() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (change: ExperimentChange): Promise<string> => {
      if (change.do === "create") return create(change.name, change.description);
      if (change.do === "rename")
        for (const { id, name } of change.changes)
          await call(UPDATE_EXPERIMENT, { experiment_id: id, new_name: name });
      else if (change.do === "describe")
        await call(SET_EXPERIMENT_TAG, { experiment_id: change.id, key: NOTE, value: change.description });
      else
        for (const experiment_id of change.ids)
          await call(change.do === "delete" ? DELETE_EXPERIMENT : RESTORE_EXPERIMENT, { experiment_id });
      return "";
    },
    onSettled: () => refreshed(queries),
  });
}

async function create(name: string, description: string): Promise<string> {
  const tags = description ? [{ key: NOTE, value: description }] : [];
  return (await call(CREATE_EXPERIMENT, { name, tags })).experiment_id;
}

/** Waits until what the screen shows is as it is now. */
function refreshed(queries: QueryClient): Promise<unknown> {
  return Promise.all([
    queries.invalidateQueries({ queryKey: ["experiments"] }),
    queries.invalidateQueries({ queryKey: ["recent"] }),
  ]);
}

/** Calls `run` at once, and again after `wait` if it was asked for meanwhile: never more often. */
function useThrottled(wait: number, run: () => void): () => void {
  const latest = useRef(run);
  latest.current = run;
  const state = useRef<{ timer: ReturnType<typeof setTimeout> | undefined; again: boolean }>({
    timer: undefined,
    again: false,
  });
  useEffect(() => () => clearTimeout(state.current.timer), []);
  return () => {
    const now = state.current;
    if (now.timer !== undefined) {
      now.again = true;
      return;
    }
    const fire = () => {
      latest.current();
      now.timer = setTimeout(() => {
        now.timer = undefined;
        if (!now.again) return;
        now.again = false;
        fire();
      }, wait);
    };
    fire();
  };
}

export type { ExperimentNode };
