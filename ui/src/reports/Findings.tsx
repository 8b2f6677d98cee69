import { useTranslation } from "react-i18next";
import { Badge } from "../kit/Badge";
import { named, sentenceOf } from "./names";
import type { Evaluated } from "./useEvaluations";

const TONES = { serious: "bad", warning: "warn" } as const;

/** What the evaluation advises to look at, most serious first. */
export function Findings({ evaluated }: { evaluated: readonly Evaluated[] }) {
  const { t } = useTranslation();
  const several = evaluated.length > 1;
  const found = evaluated.flatMap(({ run, evaluation }) =>
    evaluation.findings.map((finding, at) => ({ run, finding, key: `${run.run_id} ${at}` })),
  );
  if (found.length === 0) return null;
  return (
    <section className="report-part" aria-labelledby="report-findings">
      <header>
        <h3 id="report-findings">{t("reports.findings")}</h3>
      </header>
      <ul className="report-findings">
        {found.map(({ run, finding, key }) => {
          const { says, advises } = sentenceOf(finding);
          return (
            <li key={key}>
              <Badge tone={TONES[finding.severity as "serious"] ?? "plain"}>
                {named("severity", finding.severity)}
              </Badge>
              <div>
                {several && (
                  <span className="report-run">
                    <i className="chart-dot" style={{ background: run.colour }} />
                    <span className="cut">{run.label}</span>
                  </span>
                )}
                <strong>{says}.</strong> {advises}
              </div>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
