import { FileText } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { viewAddress } from "../api/artifacts";
import { ApiError } from "../api/call";
import type { ShownRun } from "../chart/shown";
import { Empty } from "../kit/Empty";
import { count } from "../kit/format";
import { Skeleton } from "../kit/Skeleton";
import { Confusions } from "./Confusions";
import { Curves } from "./Curves";
import { Explanations } from "./Explanations";
import { Findings } from "./Findings";
import { named } from "./names";
import { Residuals } from "./Residuals";
import { Scores } from "./Scores";
import { PAGE, useEvaluations } from "./useEvaluations";
import { Weaknesses } from "./Weaknesses";
import "./reports.css";

const MOST = 10;

/** What evaluations found out about the models of some runs, drawn from their data and laid over each other. */
export function Evaluations({ runs }: { runs: readonly ShownRun[] }) {
  const { t } = useTranslation();
  const some = useMemo(() => runs.slice(0, MOST), [runs]);
  const { found, loading, problems } = useEvaluations(some);
  const evaluatedRuns = useMemo(() => found.map(({ run }) => run), [found]);
  if (loading) return <Skeleton lines={8} />;
  const notes = problems.map(({ run, error }) =>
    error instanceof RangeError
      ? t("reports.later", { name: run.label })
      : t("reports.unreadable", { name: run.label, why: error instanceof ApiError ? error.message : "" }),
  );
  if (found.length === 0)
    return (
      <Empty title={t("reports.none")}>
        <p>{notes[0] ?? t("reports.noneHint")}</p>
        {!notes[0] && <code>hito.evaluate(model, X_test, y_test)</code>}
      </Empty>
    );
  const tasks = [...new Set(found.map(({ evaluation }) => evaluation.task))];
  return (
    <div className="report">
      <h2 className="unseen">{t("run.tabs.evaluation")}</h2>
      <ul className="report-facts">
        {found.map(({ run, evaluation, page }) => (
          <li key={run.run_id}>
            <span className="report-run">
              <i className="chart-dot" style={{ background: run.colour }} />
              <strong className="cut" title={run.label}>
                {run.label}
              </strong>
            </span>
            <span className="quiet cut">
              {[evaluation.model, named("task", evaluation.task), evaluation.dataset]
                .filter(Boolean)
                .join(" · ")}{" "}
              · {t("reports.rowsOf", { count: evaluation.rows, counted: count(evaluation.rows) })}
            </span>
            {page && (
              <a href={viewAddress({ run_id: run.run_id }, PAGE)} target="_blank" rel="noreferrer">
                <FileText aria-hidden="true" />
                {t("reports.page")}
              </a>
            )}
          </li>
        ))}
      </ul>
      {runs.length > MOST && <p className="report-note">{t("reports.firstRuns", { count: MOST })}</p>}
      {found.length < some.length - problems.length && (
        <p className="report-note">
          {t("reports.without", { count: some.length - problems.length - found.length })}
        </p>
      )}
      {notes.map((note) => (
        <p key={note} className="report-note" role="alert">
          {note}
        </p>
      ))}
      {tasks.length > 1 && <p className="report-note">{t("reports.mixed")}</p>}
      <Findings evaluated={found} />
      <Scores evaluated={found} />
      <Confusions evaluated={found} />
      <Curves evaluated={found} />
      <Residuals evaluated={found} />
      <Explanations runs={evaluatedRuns} />
      <Weaknesses evaluated={found} />
    </div>
  );
}
