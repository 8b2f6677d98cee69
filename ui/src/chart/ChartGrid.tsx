import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { fieldsQuery } from "../api/curves";
import type { Where } from "../api/types.gen";
import { Empty } from "../kit/Empty";
import { Problem } from "../kit/Problem";
import { Skeleton } from "../kit/Skeleton";
import { GridBar } from "./GridBar";
import { GridSection } from "./GridSection";
import { type ChartsState, checkCharts, keptCharts, sectionsOf } from "./layout";
import type { CurveOptions, RunGroup, ShownRun } from "./shown";
import { useGridRuns } from "./useGridRuns";
import { useSize } from "./useSize";
import "./ChartGrid.css";

interface Props {
  where: Where;
  orderBy: readonly string[];
  /** The runs whose curves are drawn; with none, the first of `where`. */
  runs: readonly ShownRun[];
  hidden: ReadonlySet<string>;
  groups?: readonly RunGroup[];
  /** What `setState` was given last, from an address or a saved view; anything else is as nothing. */
  state: unknown;
  setState: (state: unknown) => void;
  /** A filter of the grammar that a chart was asked to apply. */
  onFilter: (text: string) => void;
}

const CARD = 340;
const GAP = 10;

/** All charts of some runs, in sections, as a person has arranged them. */
export function ChartGrid({ where, orderBy, runs, hidden, groups, state: raw, setState, onFilter }: Props) {
  const { t } = useTranslation();
  const place = useRef<HTMLDivElement>(null);
  const { width } = useSize(place);
  const kept = JSON.stringify(raw ?? null);
  const state = useMemo(() => checkCharts(JSON.parse(kept)), [kept]);
  const set = useRef(setState);
  set.current = setState;
  const change = useCallback((next: ChartsState) => set.current(keptCharts(next)), []);
  const fields = useQuery(fieldsQuery(where));
  const drawn = useGridRuns(where, orderBy, runs, groups, state.by);
  const sections = useMemo(
    () => (fields.data ? sectionsOf(fields.data, drawn.count, state) : []),
    [fields.data, drawn.count, state],
  );
  const { x, smooth, logX, logY, ignoreOutliers } = state;
  const options = useMemo<CurveOptions>(
    () => ({ x, smooth, logX, logY, ignoreOutliers }),
    [x, smooth, logX, logY, ignoreOutliers],
  );
  const columns = Math.max(1, Math.floor((width + GAP) / (CARD + GAP)));
  const available = fields.data;

  return (
    <div ref={place} className="charts">
      <h2 className="unseen">{t("charts.bar")}</h2>
      {available && <GridBar state={state} change={change} available={available} />}
      {fields.error && <Problem error={fields.error} retry={() => void fields.refetch()} />}
      {fields.isPending && <Skeleton lines={6} />}
      {available && sections.length === 0 && (
        <Empty title={state.find ? t("charts.noneFound") : t("charts.nothing")}>
          {state.find ? t("charts.noneFoundHint") : t("charts.nothingHint")}
        </Empty>
      )}
      {available &&
        width > 0 &&
        sections.map((section) => (
          <GridSection
            key={section.name}
            section={section}
            state={state}
            change={change}
            where={where}
            orderBy={orderBy}
            runs={drawn.runs}
            hidden={hidden}
            groups={drawn.groups}
            options={options}
            available={available}
            onFilter={onFilter}
            columns={columns}
          />
        ))}
    </div>
  );
}
