import { Link } from "@tanstack/react-router";
import { ArchiveRestore, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useExperiments } from "../api/experiments";
import { type useDeletedRuns, useRestoreRuns } from "../api/trash";
import { Button } from "../kit/Button";
import { Empty } from "../kit/Empty";
import { ago, moment } from "../kit/format";
import { Problem } from "../kit/Problem";
import { Skeleton } from "../kit/Skeleton";
import { Status } from "../kit/Status";
import { useSay } from "../kit/Toast";

export function DeletedRuns({ runs }: { runs: ReturnType<typeof useDeletedRuns> }) {
  const { t } = useTranslation();
  const restore = useRestoreRuns();
  const say = useSay();
  const experiments = new Map(
    (useExperiments().data ?? []).map(({ experiment_id, name }) => [experiment_id, name]),
  );
  if (runs.error) return <Problem error={runs.error} retry={() => runs.refetch()} />;
  if (!runs.data) return <Skeleton lines={6} />;
  const found = runs.data.pages.flatMap((page) => page.rows ?? []);
  if (found.length === 0) return <Empty icon={<Trash2 />} title={t("trash.noRuns")} />;
  const bring = (run_id: string, name: string) =>
    restore.mutate(
      { run_ids: [run_id], action: "restore" },
      {
        onSuccess: () =>
          say.done(t("trash.restored", { name }), () =>
            restore.mutate({ run_ids: [run_id], action: "delete" }, { onError: say.failed }),
          ),
        onError: say.failed,
      },
    );
  return (
    <>
      <ul className="trash-list" aria-label={t("shell.runs")}>
        {found.map(({ run_id, name, status, experiment_id, start_time }) => (
          <li key={run_id}>
            <span className="trash-name">
              <Status bare status={status} />
              <Link to="/runs/$runId" params={{ runId: run_id }} className="cut" title={name}>
                {name || run_id}
              </Link>
            </span>
            <span className="quiet cut" title={experiments.get(experiment_id)}>
              {experiments.get(experiment_id) ?? t("trash.inTrash")}
            </span>
            <span className="quiet number" title={moment(start_time)}>
              {ago(start_time)}
            </span>
            <Button
              icon={<ArchiveRestore />}
              aria-label={t("trash.restoreThis", { name: name || run_id })}
              onClick={() => bring(run_id, name || run_id)}
            >
              {t("trash.restore")}
            </Button>
          </li>
        ))}
      </ul>
      {runs.hasNextPage && (
        <p className="trash-more">
          <Button onClick={() => runs.fetchNextPage()} disabled={runs.isFetchingNextPage}>
            {t("models.more")}
          </Button>
        </p>
      )}
    </>
  );
}
