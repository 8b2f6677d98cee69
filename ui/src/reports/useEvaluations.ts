/** The evaluations that runs keep among their files. */
import { useQueries } from "@tanstack/react-query";
import { ApiError, call } from "../api/call";
import { GET_ARTIFACT } from "../api/types.gen";
import type { ShownRun } from "../chart/shown";
import { type Evaluation, readEvaluation, readShap, type Shap } from "./evaluation";

export interface Evaluated {
  run: ShownRun;
  evaluation: Evaluation;
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

function useFiles<Kind>(
  runs: readonly ShownRun[],
  path: string,
  read: (raw: unknown) => Kind | null,
  enabled = true,
) {
  return useQueries({
    queries: runs.map(({ run_id }) => ({
      queryKey: ["evaluation", path, run_id],
      queryFn: ({ signal }: { signal: AbortSignal }) => fileOf(run_id, path, read, signal),
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
  return { ...paired(runs, values, errors, (run, evaluation) => ({ run, evaluation })), loading };
}

export function useExplanations(runs: readonly ShownRun[]): Found<Explained> {
  const { values, errors, loading } = useFiles(runs, "evaluation/explanation.json", readShap);
  return { ...paired(runs, values, errors, (run, shap) => ({ run, shap })), loading };
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

/** Null: the run has no such file. */
async function fileOf<Kind>(
  run_id: string,
  path: string,
  read: (raw: unknown) => Kind | null,
  signal: AbortSignal,
): Promise<Kind | null> {
  let answer: unknown;
  try {
    answer = await call(GET_ARTIFACT, { run_id, path }, signal);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
  const raw: unknown = answer instanceof ArrayBuffer ? JSON.parse(new TextDecoder().decode(answer)) : answer;
  return read(raw);
}
