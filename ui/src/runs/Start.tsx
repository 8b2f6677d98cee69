import { FlaskConical, SearchX } from "lucide-react";
import { useTranslation } from "react-i18next";
import { root } from "../api/call";
import { Button } from "../kit/Button";
import { CopyBlock } from "../kit/Copy";
import { Empty } from "../kit/Empty";

/** No runs yet: how to log the first one, ready to copy. */
export function Start({ experiment }: { experiment: string }) {
  const { t } = useTranslation();
  const server = location.origin + root.replace(/\/$/, "");
  const script = [
    "import hito as mlflow  # or: import mlflow",
    "",
    `mlflow.set_tracking_uri(${JSON.stringify(server)})`,
    `mlflow.set_experiment(${JSON.stringify(experiment || "Default")})`,
    "mlflow.autolog()",
    "",
    "with mlflow.start_run():",
    '    mlflow.log_param("depth", 5)',
    '    mlflow.log_metric("accuracy", 0.93)',
  ].join("\n");
  return (
    <Empty icon={<FlaskConical />} title={t("runs.none")}>
      <p>{t("runs.noneHint")}</p>
      <CopyBlock text={script} />
    </Empty>
  );
}

/** Runs, but none that the query means. */
export function NoMatch({ clear }: { clear: () => void }) {
  const { t } = useTranslation();
  return (
    <Empty icon={<SearchX />} title={t("runs.noMatch")}>
      <p>{t("runs.noMatchHint")}</p>
      <p>
        <Button onClick={clear}>{t("runs.clearQuery")}</Button>
      </p>
    </Empty>
  );
}
