import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Curve, useOutlines } from "../api/run";
import type { Metric, Run } from "../api/types.gen";
import { finder } from "../artifacts/tree";
import { colourOf } from "../chart/colours";
import { count, number } from "../kit/format";
import { Cut } from "./Cut";
import { Section } from "./Section";
import { Spark } from "./Spark";

/** Outlines that are asked for with the screen; further metrics show their last value only. */
const DRAWN = 60;

/** The last value of each metric, how low and how high it went, and its outline. */
export function Metrics({ run, show }: { run: Run; show: (key: string) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const metrics = useMemo(() => sorted(run.data.metrics ?? []), [run.data.metrics]);
  const found = useMemo(() => {
    const fits = finder(text);
    return metrics.filter(({ key }) => fits(key));
  }, [metrics, text]);
  const keys = useMemo(() => [...new Set(found.slice(0, DRAWN).map(({ key }) => key))], [found]);
  const outlines = useOutlines(run.info.run_id, keys);
  const moved = [...(outlines.data?.values() ?? [])].some((curve) => curve.count > 1);
  return (
    <Section title={t("run.metrics")} size={metrics.length} find={{ text, set: setText }}>
      {metrics.length === 0 ? (
        <p className="quiet">{t(run.info.status === "RUNNING" ? "run.noMetricsYet" : "run.noMetrics")}</p>
      ) : (
        <table className={`pairs metrics ${moved ? "" : "still"}`}>
          <thead>
            <tr>
              <th scope="col">{t("run.metric")}</th>
              <th scope="col" className="number">
                {t("run.last")}
              </th>
              <th scope="col" className="number wide-only">
                {t("run.min")}
              </th>
              <th scope="col" className="number wide-only">
                {t("run.max")}
              </th>
              <th scope="col" className="number wide-only">
                {t("run.step")}
              </th>
              <th scope="col">
                <span className="unseen">{t("run.curve")}</span>
              </th>
            </tr>
          </thead>
          <Cut of={found} columns={6}>
            {(metric) => (
              <Row
                key={`${metric.key} ${metric.model_id ?? ""} ${metric.dataset_digest ?? ""}`}
                metric={metric}
                curve={outlines.data?.get(metric.key)}
                colour={colourOf(run.info.run_id)}
                show={show}
              />
            )}
          </Cut>
        </table>
      )}
    </Section>
  );
}

function Row({
  metric,
  curve,
  colour,
  show,
}: {
  metric: Metric;
  curve: Curve | undefined;
  colour: string;
  show: (key: string) => void;
}) {
  const { t } = useTranslation();
  const { key, value, step, dataset_name } = metric;
  const moved = curve !== undefined && curve.count > 1;
  return (
    <tr>
      <th scope="row" title={key}>
        <button type="button" className="link cut" onClick={() => show(key)}>
          {key}
        </button>
        {dataset_name && <span className="quiet"> · {dataset_name}</span>}
      </th>
      <td className="number strong" title={String(value)}>
        {number(value)}
      </td>
      <td className="number wide-only" title={moved ? String(curve.min) : undefined}>
        {moved && Number.isFinite(curve.min) ? number(curve.min) : ""}
      </td>
      <td className="number wide-only" title={moved ? String(curve.max) : undefined}>
        {moved && Number.isFinite(curve.max) ? number(curve.max) : ""}
      </td>
      <td className="number wide-only quiet">{moved || step !== 0 ? count(step) : ""}</td>
      <td className="metrics-spark">
        {moved && <Spark curve={curve} colour={colour} label={t("run.points", { count: curve.count })} />}
      </td>
    </tr>
  );
}

/** By name, what the machine says of itself last. */
function sorted(metrics: readonly Metric[]): Metric[] {
  const system = (key: string) => (key.startsWith("system/") ? 1 : 0);
  return [...metrics].sort((a, b) => system(a.key) - system(b.key) || (a.key < b.key ? -1 : 1));
}
