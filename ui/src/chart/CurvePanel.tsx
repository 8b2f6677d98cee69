import { type ReactNode, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Outline } from "../api/curves";
import { number } from "../kit/format";
import { MenuCheck } from "../kit/Menu";
import type { Range } from "../series/outliers";
import { Bars } from "./Bars";
import { ChartCard } from "./ChartCard";
import { ChartEmpty, ChartProblem, ChartWait } from "./ChartState";
import { factsOf, seriesOf } from "./curveSeries";
import { Legend } from "./Legend";
import { LineChart } from "./LineChart";
import { LiveCurves } from "./LiveCurves";
import { ShowTable } from "./ShowTable";
import { type CurveOptions, MOST_RUNS, PLAIN, type RunGroup, type ShownRun } from "./shown";
import { useCurveSaving } from "./useCurveSaving";
import { useCurves } from "./useCurves";
import { useNear } from "./useNear";
import { useSize } from "./useSize";

interface Props {
  runs: readonly ShownRun[];
  /** Metrics, laid over each other; usually one. */
  keys: readonly string[];
  /** Runs that are known but not drawn. */
  hidden?: ReadonlySet<string>;
  groups?: readonly RunGroup[] | undefined;
  options?: Partial<CurveOptions>;
  height?: number;
  title?: string;
  legend?: boolean;
  menu?: ReactNode;
  grip?: ReactNode;
  cursorGroup?: string;
}

const LEGEND = 44; // px: two lines of names

/** Curves of metrics over runs. Asks for what it shows once it is seen, and for the detail of what is zoomed into. */
export function CurvePanel({
  runs,
  keys,
  hidden,
  groups,
  options,
  height = 240,
  title = keys.join(" · "),
  legend = false,
  menu,
  grip,
  cursorGroup = "page",
}: Props) {
  const { t } = useTranslation();
  const body = useRef<HTMLDivElement>(null);
  const near = useNear(body);
  const { width } = useSize(body);
  const [zoom, setZoom] = useState<Range | null>(null);
  const [logY, setLogY] = useState<boolean | null>(null);
  const set: CurveOptions = { ...PLAIN, ...options };
  const { x, smooth, logX, ignoreOutliers } = set;
  const drawn = useMemo<CurveOptions>(
    () => ({ x, smooth, logX, logY: logY ?? set.logY, ignoreOutliers }),
    [x, smooth, logX, logY, set.logY, ignoreOutliers],
  );
  const zoomed = useZoomOf(zoom, x);
  const some = useMemo(() => runs.slice(0, MOST_RUNS), [runs]);
  const runIds = useMemo(() => some.map(({ run_id }) => run_id), [some]);
  const curves = useCurves(runIds, keys, x, width, zoomed, near);
  const { outlines } = curves;
  const names = JSON.stringify(keys);
  const series = useMemo(
    () =>
      seriesOf(outlines, {
        runs: some,
        keys: JSON.parse(names) as string[],
        hidden,
        groups,
        options: drawn,
        width,
      }),
    [outlines, some, names, hidden, groups, drawn, width],
  );
  const facts = useMemo(() => factsOf(outlines, some, hidden), [outlines, some, hidden]);
  const single = outlines.length > 0 && outlines.every(({ count }) => count <= 1);
  const save = useCurveSaving({ title, series, some, keys, options: drawn, zoom: zoomed, width, body });
  const sentence = t(facts.length === 0 ? "charts.noCurves" : "charts.curveLabel", {
    title,
    count: facts.length,
    best: number(Math.max(...facts.map(({ max }) => max))),
    least: number(Math.min(...facts.map(({ min }) => min))),
  });

  const chart = (size: number) => {
    if (curves.problem && outlines.length === 0)
      return <ChartProblem error={curves.problem} retry={curves.retry} height={size} />;
    if (!near && outlines.length === 0) return <div style={{ blockSize: size }} />;
    if (curves.loading) return <ChartWait height={size} />;
    if (facts.length === 0) return <ChartEmpty height={size}>{t("charts.noPoints")}</ChartEmpty>;
    if (single) return <Bars bars={barsOf(outlines, facts)} label={sentence} height={size} />;
    if (!near) return <div style={{ blockSize: size }} />;
    const line = (
      <LineChart
        series={series}
        xKind={x}
        logX={drawn.logX}
        logY={drawn.logY}
        ignoreOutliers={drawn.ignoreOutliers}
        range={zoomed}
        onZoom={(range) => setZoom(range)}
        height={legend ? size - LEGEND : size}
        cursorGroup={cursorGroup}
        label={sentence}
      />
    );
    return legend ? (
      <>
        {line}
        <Legend series={series} group={cursorGroup} />
      </>
    ) : (
      line
    );
  };

  const live = near && runIds.length > 0 && typeof EventSource !== "undefined";
  return (
    <ChartCard
      title={title}
      note={runs.length > MOST_RUNS ? t("charts.firstRuns", { count: MOST_RUNS }) : undefined}
      height={height}
      late={curves.late}
      zoomed={zoomed !== null}
      unzoom={() => setZoom(null)}
      bodyRef={body}
      grip={grip}
      save={save}
      menu={
        <>
          {!single && (
            <MenuCheck on={drawn.logY} set={setLogY}>
              {t("charts.logY")}
            </MenuCheck>
          )}
          {menu}
        </>
      }
      table={() => (
        <ShowTable
          caption={sentence}
          head={["run", "points", "first", "last", "min", "max"].map((name) => t(`charts.${name as "run"}`))}
          rows={facts.map(({ key, label, colour, count, first, last, min, max }) => ({
            key,
            colour,
            cells: [label, number(count), ...[first, last, min, max].map((value) => number(value))],
          }))}
        />
      )}
    >
      {(size) => (
        <>
          {live && <LiveCurves runIds={runIds} />}
          {chart(size)}
        </>
      )}
    </ChartCard>
  );
}

/** A zoom belongs to the axis that it was made on. */
function useZoomOf(zoom: Range | null, kind: string): Range | null {
  const made = useRef({ zoom, kind });
  if (made.current.zoom !== zoom) made.current = { zoom, kind };
  return made.current.kind === kind ? zoom : null;
}

function barsOf(outlines: readonly Outline[], facts: ReturnType<typeof factsOf>) {
  const runs = new Map(outlines.map(({ runId, key }) => [`${runId} ${key}`, runId]));
  const unique = new Set(outlines.map(({ key }) => key)).size === 1;
  return facts
    .map(({ key, label, colour, last }) => ({
      key: unique ? (runs.get(key) ?? key) : key,
      label,
      colour,
      value: last,
    }))
    .sort((one, other) => other.value - one.value);
}
