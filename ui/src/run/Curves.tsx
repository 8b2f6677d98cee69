import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Run } from "../api/types.gen";
import { finder } from "../artifacts/tree";
import { CurvePanel } from "../chart/CurvePanel";
import { CurveTools } from "../chart/CurveTools";
import { colourOf } from "../chart/colours";
import type { CurveOptions } from "../chart/shown";
import { Button } from "../kit/Button";
import { Empty } from "../kit/Empty";
import { count } from "../kit/format";
import "./Parts.css";

const PAGE = 24;

interface Props {
  run: Run;
  find: string;
  setFind: (text: string) => void;
  options: CurveOptions;
  setOptions: (options: CurveOptions) => void;
}

/** A panel for each metric; those with one point only stand in the overview. */
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
        {found.slice(0, most).map((key) => (
          <CurvePanel key={key} runs={runs} keys={[key]} options={options} />
        ))}
      </div>
      {found.length > most && (
        <Button onClick={() => setMost(most + PAGE)}>
          {t("run.showMore", { count: found.length - most, counted: count(found.length - most) })}
        </Button>
      )}
    </div>
  );
}

function bySystem(a: string, b: string): number {
  const last = Number(a.startsWith("system/")) - Number(b.startsWith("system/"));
  return last || (a < b ? -1 : 1);
}
