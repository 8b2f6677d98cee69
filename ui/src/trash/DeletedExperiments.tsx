import { ArchiveRestore, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useChangeExperiments, type useExperiments } from "../api/experiments";
import { Button } from "../kit/Button";
import { Empty } from "../kit/Empty";
import { ago, count, moment } from "../kit/format";
import { Problem } from "../kit/Problem";
import { Skeleton } from "../kit/Skeleton";
import { useSay } from "../kit/Toast";
import { folded } from "../shell/folded";

const SHOWN = 500;

export function DeletedExperiments({
  experiments,
  text,
}: {
  experiments: ReturnType<typeof useExperiments>;
  text: string;
}) {
  const { t } = useTranslation();
  const change = useChangeExperiments();
  const say = useSay();
  if (experiments.error && !experiments.data)
    return <Problem error={experiments.error} retry={() => experiments.refetch()} />;
  if (!experiments.data) return <Skeleton lines={6} />;
  const found = experiments.data
    .filter(({ name }) => folded(name).includes(folded(text.trim())))
    .sort((one, other) => other.last_update_time - one.last_update_time);
  if (found.length === 0)
    return <Empty icon={<Trash2 />} title={text.trim() ? t("trash.none") : t("trash.noExperiments")} />;
  const restore = (id: string, name: string) =>
    change.mutate(
      { do: "restore", ids: [id] },
      {
        onSuccess: () =>
          say.done(t("trash.restored", { name }), () =>
            change.mutate({ do: "delete", ids: [id] }, { onError: say.failed }),
          ),
        onError: say.failed,
      },
    );
  return (
    <ul className="trash-list" aria-label={t("shell.experiments")}>
      {found.slice(0, SHOWN).map(({ experiment_id, name, runs, last_update_time }) => (
        <li key={experiment_id}>
          <span className="trash-name cut" title={name}>
            {name}
          </span>
          <span className="quiet number">{t("experiments.runs", { count: runs, shown: count(runs) })}</span>
          <span className="quiet number" title={moment(last_update_time)}>
            {ago(last_update_time)}
          </span>
          <Button
            icon={<ArchiveRestore />}
            aria-label={t("trash.restoreThis", { name })}
            onClick={() => restore(experiment_id, name)}
          >
            {t("trash.restore")}
          </Button>
        </li>
      ))}
    </ul>
  );
}
