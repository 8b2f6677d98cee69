import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useOutlines } from "../api/run";
import type { Metric, Run } from "../api/types.gen";
import { finder } from "../artifacts/tree";
import { CurvePanel } from "../chart/CurvePanel";
import { CurveTools } from "../chart/CurveTools";
import { colourOf } from "../chart/colours";
import type { CurveOptions } from "../chart/shown";
import { Button } from "../kit/Button";
import { Empty } from "../kit/Empty";
import { count, number } from "../kit/format";
import "./Parts.css";

const PAGE = 24;
/** So many metrics are asked how often they were logged; those beyond have panels. */
const COUNTED = 200;

interface Props {
  run: Run;
  find: string;
  setFind: (text: string) => void;
  options: CurveOptions;
  setOptions: (options: CurveOptions) => void;
}

/** A panel for each metric; those that were logged once are lines of a table below. */
export function Curves({ run, find, setFind, options, setOptions }: Props) {
  const { t } = useTranslation();
  const [most, setMost] = useState(PAGE);
  const keys = useMemo(
    () => [...new Set((run.data.metrics ?? []).map(({ key }) => key))].sort(bySystem),
    [run.data.metrics],
  );
  const found = useMemo(() => {
    const exact = keys.filter((key) => key === find);
    return exact.length > 0 ? exact : keys.filter(finder(find));
  }, [keys, find]);
  const { run_id, run_name } = run.info;
  const counted = useMemo(() => found.slice(0, COUNTED), [found]);
  const outlines = useOutlines(run_id, counted);
  const [moving, still] = useMemo(() => {
    const steps = new Map((run.data.metrics ?? []).map(({ key, step }) => [key, step]));
    // Until the counts come, a metric at a later step is taken for a curve.
    const isCurve = (key: string, at: number) =>
      at >= COUNTED || (outlines.data?.get(key)?.count ?? Number(steps.get(key) ?? 0) + 1) > 1;
    const curves = found.filter(isCurve);
    return [curves, outlines.data ? found.filter((key, at) => !isCurve(key, at)) : []];
  }, [found, outlines.data, run.data.metrics]);
  const runs = useMemo(() => [{ run_id, label: run_name, colour: colourOf(run_id) }], [run_id, run_name]);
  if (keys.length === 0)
    return (
      <Empty title={t("run.noCurves")}>
        {t(run.info.status === "RUNNING" ? "run.noMetricsYet" : "run.noCurvesHint")}
      </Empty>
    );
  return (
    <div className="run-curves">
      <div className="run-curves-tools">
        <input
          className="input"
          type="search"
          aria-label={t("run.findMetric")}
          placeholder={t("run.findMetric")}
          value={find}
          onChange={(event) => setFind(event.target.value)}
        />
        <CurveTools options={options} change={(change) => setOptions({ ...options, ...change })} />
        <span className="quiet" role="status">
          {t("run.curvesShown", { shown: count(found.length), count: keys.length })}
        </span>
      </div>
      {found.length === 0 && <Empty title={t("run.noneFound")} />}
      <div className="run-curves-grid">
        {moving.slice(0, most).map((key) => (
          <CurvePanel key={key} runs={runs} keys={[key]} options={options} />
        ))}
      </div>
      {moving.length > most && (
        <Button onClick={() => setMost(most + PAGE)}>
          {t("run.showMore", { count: moving.length - most, counted: count(moving.length - most) })}
        </Button>
      )}
      {still.length > 0 && <Still keys={still} metrics={run.data.metrics ?? []} />}
    </div>
  );
}

/** Metrics of one point: there is nothing to draw. */
function Still({ keys, metrics }: { keys: readonly string[]; metrics: readonly Metric[] }) {
  const { t } = useTranslation();
  const values = new Map(metrics.map(({ key, value }) => [key, value]));
  return (
    <section className="run-still" aria-label={t("run.loggedOnce")}>
      <h2>
        {t("run.loggedOnce")} <span className="quiet">{count(keys.length)}</span>
      </h2>
      <dl>
        {keys.map((key) => (
          <div key={key}>
            <dt className="cut" title={key}>
              {key}
            </dt>
            <dd className="number">{number(values.get(key) ?? Number.NaN)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function bySystem(a: string, b: string): number {
  const last = Number(a.startsWith("system/")) - Number(b.startsWith("system/"));
  return last || (a < b ? -1 : 1);
}
