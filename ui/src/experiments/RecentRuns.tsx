import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { type ExperimentNode, useRecentRuns } from "../api/experiments";
import { ago, duration, moment } from "../kit/format";
import { Skeleton } from "../kit/Skeleton";
import { Status } from "../kit/Status";
import "./RecentRuns.css";

/** What ran last, in any experiment. */
export function RecentRuns({ experiments }: { experiments: readonly ExperimentNode[] }) {
  const { t } = useTranslation();
  const recent = useRecentRuns(16);
  const names = new Map(experiments.map(({ experiment_id, name }) => [experiment_id, name]));
  if (recent.data?.length === 0) return null;
  return (
    <aside className="recent" aria-labelledby="recent-runs">
      <h2 id="recent-runs">{t("experiments.recent")}</h2>
      {!recent.data ? (
        <Skeleton lines={6} />
      ) : (
        <ol>
          {recent.data.map(({ run_id, experiment_id, name, status, start_time, end_time }) => (
            <li key={run_id}>
              <Status bare status={status} />
              <Link to="/runs/$runId" params={{ runId: run_id }} className="cut" title={name}>
                {name || run_id}
              </Link>
              <span className="recent-when number" title={moment(start_time)}>
                {ago(start_time)}
              </span>
              <span className="recent-where cut" title={names.get(experiment_id)}>
                {names.get(experiment_id)}
              </span>
              <span className="recent-long number">{end_time ? duration(end_time - start_time) : ""}</span>
            </li>
          ))}
        </ol>
      )}
    </aside>
  );
}
