/** One run, and several whole ones: what they are asked for and how they are changed. */
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { decodeFrame } from "../series/decode";
import { call } from "./call";
import {
  AROUND,
  CHANGE,
  type ChangeRuns,
  CREATE_REGISTERED_MODEL,
  CREATE_VERSION,
  CURVES,
  DELETE_TAG,
  GET_RUN,
  LIST_RUN_ARTIFACTS,
  MANY,
  type Run,
  SEARCH_REGISTERED_MODELS,
  SET_TAG,
  TABLE,
} from "./types.gen";

export function useRun(runId: string) {
  return useQuery({
    queryKey: ["run", runId],
    queryFn: async ({ signal }) => (await call(GET_RUN, { run_id: runId }, signal)).run,
  });
}

/** Runs in the order of their ids; one that does not exist is missing. */
export function useWholeRuns(runIds: readonly string[]) {
  return useQuery({
    queryKey: ["runs", "whole", ...runIds],
    queryFn: async ({ signal }): Promise<Run[]> =>
      runIds.length === 0 ? [] : (await call(MANY, { run_ids: [...runIds] }, signal)).runs,
    placeholderData: (before) => before,
  });
}

export function useAround(runId: string) {
  return useQuery({
    queryKey: ["run", runId, "around"],
    queryFn: ({ signal }) => call(AROUND, { run_id: runId }, signal),
  });
}

/** Children of a run, page by page, with values of `columns`. */
export function useChildren(experiment: string, runId: string, columns: string[], on: boolean) {
  return useInfiniteQuery({
    queryKey: ["run", runId, "children", columns],
    queryFn: ({ pageParam, signal }) =>
      call(
        TABLE,
        { experiment_ids: [experiment], parent: runId, columns, max_results: 100, page_token: pageParam },
        signal,
      ),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_page_token || undefined,
    enabled: on,
  });
}

export interface Curve {
  count: number;
  min: number;
  max: number;
  x: Float64Array;
  y: Float64Array;
}

interface CurveHeader {
  series: { run_id: string; key: string; count: number; points: number; x_min: number; x_max: number }[];
}

/** Small outlines of a run's metrics, by key, with their extremes. */
export function useOutlines(runId: string, keys: readonly string[]) {
  return useQuery({
    queryKey: ["run", runId, "outlines", ...keys],
    queryFn: async ({ signal }) => {
      const bytes = await call(CURVES, { run_ids: [runId], keys: [...keys], width: 48 }, signal);
      return outlinesOf(bytes);
    },
    enabled: keys.length > 0,
    placeholderData: (before) => before,
  });
}

export function outlinesOf(bytes: ArrayBuffer): Map<string, Curve> {
  const { header, columns } = decodeFrame<CurveHeader>(bytes);
  const x = columns.get("x") as Float64Array;
  const y = columns.get("y") as Float64Array;
  const found = new Map<string, Curve>();
  let place = 0;
  for (const { key, count, points } of header.series) {
    const values = y.subarray(place, place + points);
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    for (const value of values) {
      if (value < min) min = value;
      if (value > max) max = value;
    }
    found.set(key, { count, min, max, x: x.subarray(place, place + points), y: values });
    place += points;
  }
  return found;
}

/** One change to runs; all that shows them is asked for again. */
export function useChange() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (change: ChangeRuns) => call(CHANGE, change),
    onSuccess: (_, { run_ids }) => {
      for (const runId of run_ids) void queries.invalidateQueries({ queryKey: ["run", runId] });
      void queries.invalidateQueries({ queryKey: ["runs"] });
    },
  });
}

/** Sets a tag, or takes it away where `value` is null. */
export function useTag(runId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ key, value }: { key: string; value: string | null }) =>
      value === null
        ? call(DELETE_TAG, { run_id: runId, key })
        : call(SET_TAG, { run_id: runId, key, value }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["run", runId] });
      void queries.invalidateQueries({ queryKey: ["runs"] });
    },
  });
}

/** Names of registered models that have the text in them, the first twenty. */
export function useModelNames(text: string, on: boolean) {
  return useQuery({
    queryKey: ["models", "names", text],
    queryFn: async ({ signal }) => {
      const filter = text ? `name ILIKE '%${text.replaceAll("'", "''")}%'` : "";
      const page = await call(SEARCH_REGISTERED_MODELS, { filter, max_results: 20 }, signal);
      return (page.registered_models ?? []).map(({ name }) => name);
    },
    enabled: on,
    placeholderData: (before) => before,
  });
}

export interface Registration {
  name: string;
  /** Whether the model is to be made first. */
  fresh: boolean;
  source: string;
  runId: string;
  modelId?: string;
  description: string;
}

/** Registers a model as the next version of a name; gives that version. */
export function useRegister() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ name, fresh, source, runId, modelId, description }: Registration) => {
      if (fresh) await call(CREATE_REGISTERED_MODEL, { name });
      const made = await call(CREATE_VERSION, {
        name,
        source,
        run_id: runId,
        description,
        ...(modelId ? { model_id: modelId } : {}),
      });
      return made.model_version;
    },
    onSettled: (_, __, { runId }) => {
      void queries.invalidateQueries({ queryKey: ["run", runId] });
      void queries.invalidateQueries({ queryKey: ["models"] });
    },
  });
}

/** Paths of the files that a run keeps about itself: those at its root and in `hito/`. */
export function useKept(runId: string, on = true) {
  return useQuery({
    queryKey: ["run", runId, "kept"],
    queryFn: ({ signal }) => keptOf(runId, signal),
    enabled: on,
    staleTime: 15_000,
  });
}

export async function keptOf(runId: string, signal?: AbortSignal): Promise<Map<string, number>> {
  const list = (path: string) => call(LIST_RUN_ARTIFACTS, { run_id: runId, path, max_results: 1000 }, signal);
  const root = (await list("")).files ?? [];
  const own = root.some((file) => file.is_dir && file.path === "hito")
    ? ((await list("hito")).files ?? [])
    : [];
  return new Map(
    [...root, ...own].filter((file) => !file.is_dir).map((file) => [file.path, file.file_size ?? 0]),
  );
}
