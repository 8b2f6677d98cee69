import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Select } from "../kit/Select";
import { CurveFigure, type RunCurve } from "./CurveFigure";
import type { Evaluated } from "./useEvaluations";

/** ROC, precision and recall, calibration, gain: of all runs over each other, for one class at a time. */
export function Curves({ evaluated }: { evaluated: readonly Evaluated[] }) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState("");
  const drawn = ["roc", "precision_recall", "calibration", "gain"];
  const labels = [
    ...new Set(
      evaluated.flatMap(({ evaluation }) =>
        evaluation.curves.filter(({ kind }) => drawn.includes(kind)).map(({ label }) => label),
      ),
    ),
  ];
  const label = labels.includes(chosen) ? chosen : (labels[0] ?? "");
  const of = (kind: string): RunCurve[] =>
    evaluated.flatMap(({ run, evaluation }) => {
      const curve = evaluation.curves.find((one) => one.kind === kind && one.label === label);
      return curve ? [{ run, curve }] : [];
    });
  const [roc, precision, calibration, gain] = drawn.map(of) as [
    RunCurve[],
    RunCurve[],
    RunCurve[],
    RunCurve[],
  ];
  if (labels.length === 0) return null;
  return (
    <section className="report-part" aria-labelledby="report-curves">
      <header>
        <h3 id="report-curves">{t("reports.curves")}</h3>
        {labels.length > 1 && (
          <Select
            label={t("reports.class")}
            value={label}
            options={labels.map((value) => ({ value, label: value || "–" }))}
            choose={setChosen}
          />
        )}
      </header>
      <div className="report-figures">
        {roc.length > 0 && (
          <CurveFigure
            title={t("reports.roc")}
            curves={roc}
            xLabel={t("reports.falsePositiveRate")}
            yLabel={t("reports.truePositiveRate")}
            area="AUC"
            chance="diagonal"
          />
        )}
        {precision.length > 0 && (
          <CurveFigure
            title={t("reports.precisionRecall")}
            curves={precision}
            xLabel={t("reports.recall")}
            yLabel={t("reports.precision")}
            area={t("reports.averagePrecision")}
          />
        )}
        {calibration.length > 0 && (
          <CurveFigure
            title={t("reports.calibration")}
            curves={calibration}
            xLabel={t("reports.predictedProbability")}
            yLabel={t("reports.cameTrue")}
            area={t("reports.calibrationError")}
            chance="diagonal"
            dots
          />
        )}
        {gain.length > 0 && (
          <CurveFigure
            title={t("reports.gain")}
            curves={gain}
            xLabel={t("reports.shareOfRows")}
            yLabel={t("reports.shareOfPositives")}
            chance="diagonal"
          />
        )}
      </div>
    </section>
  );
}
