/** What the palette finds in the store for a text. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { call } from "../api/call";
import { useExperiments } from "../api/experiments";
import { useModelNames } from "../api/models";
import { MANY, type RunRow, TABLE } from "../api/types.gen";
import { folded } from "./folded";

const PAUSE = 120; // ms without a key before the server is asked
const RUN_ID = /^[0-9a-f]{32}$/;

export function useFound(text: string) {
  const settled = useSettled(text);
  const experiments = useExperiments().data ?? [];
  const wanted = folded(text);
  const names = new Map(experiments.map(({ experiment_id, name }) => [experiment_id, name]));
  const runs = useQuery({
    queryKey: ["palette runs", settled],
    queryFn: ({ signal }) => findRuns(settled, signal),
    enabled: settled !== "",
    placeholderData: keepPreviousData,
  });
  const models = useModelNames(settled);
  return {
    experiments: text
      ? experiments.filter(
          ({ name, experiment_id }) => folded(name).includes(wanted) || experiment_id === text,
        )
      : [],
    runs: text
      ? (runs.data ?? []).map((run) => ({ ...run, experiment: names.get(run.experiment_id) ?? "" }))
      : [],
    models: text ? (models.data ?? []) : [],
  };
}

async function findRuns(
  text: string,
  signal: AbortSignal,
): Promise<Pick<RunRow, "run_id" | "name" | "experiment_id">[]> {
  if (RUN_ID.test(text)) {
    const { runs } = await call(MANY, { run_ids: [text] }, signal);
    return runs.map(({ info }) => ({
      run_id: info.run_id,
      name: info.run_name,
      experiment_id: info.experiment_id,
    }));
  }
  const query = `run_name ILIKE '%${text.replaceAll(/['%_]/g, "_")}%'`;
  return (await call(TABLE, { query, max_results: 6 }, signal)).rows ?? [];
}

function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
