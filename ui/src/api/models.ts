/** Registered models: their list, one with its versions and history, and what changes them. */
import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { listFolder } from "./artifacts";
import { call } from "./call";
import { useNews } from "./live";
import {
  DELETE_ALIAS,
  DELETE_REGISTERED_MODEL,
  DELETE_REGISTERED_MODEL_TAG,
  DELETE_VERSION,
  DELETE_VERSION_TAG,
  GET_REGISTERED_MODEL,
  GET_VERSION,
  GET_VERSION_ARTIFACT,
  MANY,
  MODEL_HISTORY,
  RENAME_REGISTERED_MODEL,
  type Run,
  SEARCH_REGISTERED_MODELS,
  SEARCH_VERSIONS,
  SET_ALIAS,
  SET_REGISTERED_MODEL_TAG,
  SET_VERSION_TAG,
  TRANSITION_STAGE,
  UPDATE_REGISTERED_MODEL,
  UPDATE_VERSION,
  type Version,
} from "./types.gen";

export const STAGES = ["None", "Staging", "Production", "Archived"] as const;
export type Stage = (typeof STAGES)[number];

const PAGE = 100;
const MOST_VERSIONS = 5_000;
const AT_ONCE = 100; // runs that MANY gives

/** A text as a value of the filter grammar. Quotes cannot be escaped there: one that would end the value stands for any sign. */
export function quoted(text: string): string {
  if (!text.includes("'")) return `'${text}'`;
  return text.includes('"') ? `'${text.replaceAll("'", "_")}'` : `"${text}"`;
}

function like(text: string): string {
  return text ? `name ILIKE ${quoted(`%${text}%`)}` : "";
}

export function useModels(text: string) {
  return useInfiniteQuery({
    queryKey: ["models", "list", text],
    queryFn: ({ pageParam, signal }) =>
      call(
        SEARCH_REGISTERED_MODELS,
        {
          filter: like(text),
          max_results: PAGE,
          order_by: ["last_updated_timestamp DESC"],
          page_token: pageParam,
        },
        signal,
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_page_token || undefined,
    placeholderData: keepPreviousData,
  });
}

/** Names of models that have the text, for the palette. */
export function useModelNames(text: string) {
  return useQuery({
    queryKey: ["models", "names", text],
    queryFn: async ({ signal }) => {
      const page = await call(SEARCH_REGISTERED_MODELS, { filter: like(text), max_results: 6 }, signal);
      return (page.registered_models ?? []).map(({ name }) => name);
    },
    placeholderData: keepPreviousData,
  });
}

export function useModel(name: string) {
  return useQuery({
    queryKey: ["models", "one", name],
    queryFn: async ({ signal }) => (await call(GET_REGISTERED_MODEL, { name }, signal)).registered_model,
  });
}

/** All versions, the newest first. */
export function useVersions(name: string) {
  return useQuery({
    queryKey: ["models", "versions", name],
    queryFn: async ({ signal }) => {
      const found: Version[] = [];
      let page_token = "";
      do {
        const page = await call(
          SEARCH_VERSIONS,
          { filter: `name=${quoted(name)}`, max_results: 1_000, page_token },
          signal,
        );
        found.push(...(page.model_versions ?? []));
        page_token = page.next_page_token ?? "";
      } while (page_token && found.length < MOST_VERSIONS);
      const own = found.filter((version) => version.name === name);
      return own.sort((one, other) => Number(other.version) - Number(one.version));
    },
  });
}

export function useVersion(name: string, version: string) {
  return useQuery({
    queryKey: ["models", "version", name, version],
    queryFn: async ({ signal }) => (await call(GET_VERSION, { name, version }, signal)).model_version,
  });
}

/** Runs that versions came from, by id. */
export function useRunsOf(versions: readonly Version[]) {
  const ids = [...new Set(versions.map(({ run_id }) => run_id).filter(Boolean))];
  return useQuery({
    queryKey: ["models", "runs", ids],
    queryFn: async ({ signal }) => {
      const runs = new Map<string, Run>();
      for (let from = 0; from < ids.length; from += AT_ONCE) {
        const page = await call(MANY, { run_ids: ids.slice(from, from + AT_ONCE) }, signal);
        for (const run of page.runs) runs.set(run.info.run_id, run);
      }
      return runs;
    },
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
  });
}

export function useHistory(name: string) {
  return useInfiniteQuery({
    queryKey: ["models", "history", name],
    queryFn: ({ pageParam, signal }) =>
      call(MODEL_HISTORY, { name, max_results: PAGE, page_token: pageParam }, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_page_token || undefined,
  });
}

/** A small text file of a version; null if it has none of that name. */
/** A text at the root of a version's files; null: it is not there. */
export function useVersionText(name: string, version: string, path: string) {
  return useQuery({
    queryKey: ["models", "file", name, version, path],
    queryFn: async ({ signal }) => {
      const { files } = await listFolder({ name, version }, "", "", signal);
      if (!files.some((file) => file.path === path)) return null;
      const bytes = await call(GET_VERSION_ARTIFACT, { name, version, path }, signal);
      return new TextDecoder().decode(bytes);
    },
    staleTime: Number.POSITIVE_INFINITY, // what a version is does not change
  });
}

export type ModelChange =
  | { do: "describe"; name: string; version?: string; description: string }
  | { do: "rename"; name: string; to: string }
  | { do: "delete"; name: string; version?: string }
  | { do: "stage"; name: string; version: string; stage: Stage; archive: boolean }
  | { do: "alias"; name: string; alias: string; version: string }
  | { do: "dropAlias"; name: string; alias: string }
  | { do: "tag"; name: string; version?: string; key: string; value: string }
  | { do: "dropTag"; name: string; version?: string; key: string };

export function useChangeModel() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSettled: () => queries.invalidateQueries({ queryKey: ["models"] }),
  });
}

function change(it: ModelChange): Promise<unknown> {
  const { name } = it;
  switch (it.do) {
    case "describe":
      return it.version
        ? call(UPDATE_VERSION, { name, version: it.version, description: it.description })
        : call(UPDATE_REGISTERED_MODEL, { name, description: it.description });
    case "rename":
      return call(RENAME_REGISTERED_MODEL, { name, new_name: it.to });
    case "delete":
      return it.version
        ? call(DELETE_VERSION, { name, version: it.version })
        : call(DELETE_REGISTERED_MODEL, { name });
    case "stage":
      return call(TRANSITION_STAGE, {
        name,
        version: it.version,
        stage: it.stage,
        archive_existing_versions: it.archive,
      });
    case "alias":
      return call(SET_ALIAS, { name, alias: it.alias, version: it.version });
    case "dropAlias":
      return call(DELETE_ALIAS, { name, alias: it.alias });
    case "tag":
      return it.version
        ? call(SET_VERSION_TAG, { name, version: it.version, key: it.key, value: it.value })
        : call(SET_REGISTERED_MODEL_TAG, { name, key: it.key, value: it.value });
    case "dropTag":
      return it.version
        ? call(DELETE_VERSION_TAG, { name, version: it.version, key: it.key })
        : call(DELETE_REGISTERED_MODEL_TAG, { name, key: it.key });
  }
}

/** Keeps what is shown of the registry as the server has it. */
export function useLiveModels(): void {
  const queries = useQueryClient();
  useNews({ models: true }, () => queries.invalidateQueries({ queryKey: ["models"] }));
}
