/** The evaluations that runs keep among their files. */
import { type QueryClient, useQueries } from "@tanstack/react-query";
import { listFolder } from "../api/artifacts";
import { call } from "../api/call";
import { GET_ARTIFACT } from "../api/types.gen";
import type { ShownRun } from "../chart/shown";
import { type Evaluation, readEvaluation, readShap, type Shap } from "./evaluation";

export interface Evaluated {
  run: ShownRun;
  evaluation: Evaluation;
  /** Whether the run keeps the report as a page, too. */
  page: boolean;
}

export interface Explained {
  run: ShownRun;
  shap: Shap;
}

interface Found<Kind> {
  found: Kind[];
  loading: boolean;
  problems: { run: ShownRun; error: Error }[];
}

const MINUTES = 60_000;
export const PAGE = "report.html";

function useFiles<Kind>(
  runs: readonly ShownRun[],
  path: string,
  read: (raw: unknown) => Kind | null,
  enabled = true,
) {
  return useQueries({
    queries: runs.map(({ run_id }) => ({
      queryKey: ["evaluation", path, run_id],
      queryFn: ({ client, signal }: { client: QueryClient; signal: AbortSignal }) =>
        fileOf(client, run_id, path, read, signal),
      staleTime: 5 * MINUTES,
      enabled,
    })),
    combine: (answers) => ({
      values: answers.map(({ data }) => data ?? null),
      errors: answers.map(({ error }) => error),
      loading: enabled && answers.some(({ isPending }) => isPending),
    }),
  });
}

export function useEvaluations(runs: readonly ShownRun[]): Found<Evaluated> {
  const { values, errors, loading } = useFiles(runs, "evaluation/evaluation.json", readEvaluation);
  return {
    ...paired(runs, values, errors, (run, { value, page }) => ({ run, evaluation: value, page })),
    loading,
  };
}

export function useExplanations(runs: readonly ShownRun[]): Found<Explained> {
  const { values, errors, loading } = useFiles(runs, "evaluation/explanation.json", readShap);
  return { ...paired(runs, values, errors, (run, { value }) => ({ run, shap: value })), loading };
}

function paired<Value, Kind>(
  runs: readonly ShownRun[],
  values: readonly (Value | null)[],
  errors: readonly (Error | null)[],
  pair: (run: ShownRun, value: Value) => Kind,
): { found: Kind[]; problems: { run: ShownRun; error: Error }[] } {
  const found = runs.flatMap((run, at) => {
    const value = values[at];
    return value ? [pair(run, value)] : [];
  });
  const problems = runs.flatMap((run, at) => {
    const error = errors[at];
    return error ? [{ run, error }] : [];
  });
  return { found, problems };
}

/** What lies at the root of a run's files and in its folder `evaluation`: a file that is not there is not asked for. */
function filesOf(client: QueryClient, run_id: string): Promise<ReadonlySet<string>> {
  return client.fetchQuery({
    queryKey: ["evaluation", "files", run_id],
    queryFn: async ({ signal }) => {
      const folders = ["", "evaluation"].map((path) => listFolder({ run_id }, path, "", signal));
      return new Set((await Promise.all(folders)).flatMap(({ files }) => files.map(({ path }) => path)));
    },
    staleTime: 5 * MINUTES,
  });
}

/** Null: the run has no such file. */
async function fileOf<Kind>(
  client: QueryClient,
  run_id: string,
  path: string,
  read: (raw: unknown) => Kind | null,
  signal: AbortSignal,
): Promise<{ value: Kind; page: boolean } | null> {
  const files = await filesOf(client, run_id);
  if (!files.has(path)) return null;
  const answer: unknown = await call(GET_ARTIFACT, { run_id, path }, signal);
  const raw: unknown = answer instanceof ArrayBuffer ? JSON.parse(new TextDecoder().decode(answer)) : answer;
  const value = read(raw);
  return value && { value, page: files.has(PAGE) };
}
