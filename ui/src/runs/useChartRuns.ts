import { useMemo } from "react";
import { colourOf } from "../chart/colours";
import type { RunsState } from "./search";
import type { Selection } from "./select";
import type { Runs } from "./useRuns";

export interface ChartRun {
  run_id: string;
  label: string;
  colour: string;
}

const MOST = 20;

/** The runs that charts draw: those on top, then the selected, then the first of the table; the hidden are not among them. */
export function useChartRuns(runs: Runs, state: RunsState, selection: Selection): ChartRun[] {
  const { lines, rows } = runs;
  const found: ChartRun[] = [];
  if (state.show !== "table") {
    const hidden = new Set(state.eye);
    const taken = new Set<number>();
    const add = (id: number | undefined) => {
      const run = rows.get(id)?.run;
      if (id === undefined || !run || taken.has(id) || hidden.has(run.run_id) || found.length >= MOST) return;
      taken.add(id);
      found.push({
        run_id: run.run_id,
        label: run.name || run.run_id,
        colour: colourOf(run.run_id, state.tints),
      });
    };
    for (let line = 0; line < runs.pinned; line += 1) {
      const what = lines.at(line);
      if (what?.kind === "run") add(what.list.at(what.place));
    }
    if (!selection.all) for (const id of selection.ids) add(id);
    for (let line = runs.pinned; line < Math.min(lines.count, runs.pinned + 4 * MOST); line += 1) {
      const what = lines.at(line);
      if (what?.kind === "run") add(what.list.at(what.place));
    }
  }
  const key = JSON.stringify(found);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key is what they are
  return useMemo(() => found, [key]);
}
