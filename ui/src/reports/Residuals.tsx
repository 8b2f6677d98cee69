import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { ChartCard } from "../chart/ChartCard";
import { ShowTable } from "../chart/ShowTable";
import type { ShownRun } from "../chart/shown";
import { useSize } from "../chart/useSize";
import { useSvgSaving } from "../chart/useSvgSaving";
import { number } from "../kit/format";
import { extent, padded, quantile } from "../series/outliers";
import { CurveFigure } from "./CurveFigure";
import { Plot } from "./Plot";
import type { Evaluated } from "./useEvaluations";

/** What a regressor predicts against the truth, a figure for each run; and how its residuals are spread. */
export function Residuals({ evaluated }: { evaluated: readonly Evaluated[] }) {
  const { t } = useTranslation();
  const found = evaluated.flatMap(({ run, evaluation: { residuals, curves } }) =>
    residuals
      ? [{ run, ...residuals, quantiles: curves.find(({ kind }) => kind === "quantile_quantile") }]
      : [],
  );
  if (found.length === 0) return null;
  const quantiles = found.flatMap(({ run, quantiles: curve }) => (curve ? [{ run, curve }] : []));
  return (
    <section className="report-part" aria-labelledby="report-residuals">
      <header>
        <h3 id="report-residuals">{t("reports.residuals")}</h3>
      </header>
      <div className="report-figures">
        {found.map(({ run, truth, predicted }) => (
          <Predicted key={run.run_id} run={run} truth={truth} predicted={predicted} />
        ))}
        {quantiles.length > 0 && (
          <CurveFigure
            title={t("reports.quantiles")}
            curves={quantiles}
            xLabel={t("reports.normalQuantile")}
            yLabel={t("reports.standardised")}
            unit={false}
          />
        )}
      </div>
    </section>
  );
}

function Predicted({ run, truth, predicted }: { run: ShownRun; truth: number[]; predicted: number[] }) {
  const { t } = useTranslation();
  const body = useRef<HTMLDivElement>(null);
  const { width } = useSize(body);
  const title = run.label;
  const save = useSvgSaving(body, title, () => ({
    head: [t("reports.truth"), t("reports.predicted")],
    rows: truth.map((value, at) => [value, predicted[at]]),
  }));
  const range = padded(extent([Float64Array.from(truth), Float64Array.from(predicted)]) ?? [0, 1]);
  const errors = truth
    .map((value, at) => value - (predicted[at] as number))
    .sort((one, other) => one - other);
  return (
    <ChartCard
      title={title}
      note={<i className="chart-dot" style={{ background: run.colour }} />}
      height={270}
      save={save}
      bodyRef={body}
      table={() => (
        <ShowTable
          caption={t("reports.residuals")}
          head={[t("reports.quantile"), t("reports.residual")]}
          rows={[0.05, 0.25, 0.5, 0.75, 0.95].map((share) => ({
            key: String(share),
            cells: [number(share), number(quantile(errors, share))],
          }))}
        />
      )}
    >
      {(height) =>
        width > 0 && (
          <Plot
            width={Math.max(width, 240)}
            height={height}
            x={range}
            y={range}
            xLabel={t("reports.truth")}
            yLabel={t("reports.predicted")}
            label={t("reports.predictedLabel", { name: title })}
          >
            {(toX, toY) => (
              <>
                <path
                  className="chance"
                  d={`M${toX(range[0])} ${toY(range[0])}L${toX(range[1])} ${toY(range[1])}`}
                />
                {truth.map((value, at) => (
                  <circle
                    // biome-ignore lint/suspicious/noArrayIndexKey: rows have their places
                    key={at}
                    cx={toX(value)}
                    cy={toY(predicted[at] as number)}
                    r="2.5"
                    fill={run.colour}
                    fillOpacity="0.5"
                  />
                ))}
              </>
            )}
          </Plot>
        )
      }
    </ChartCard>
  );
}
