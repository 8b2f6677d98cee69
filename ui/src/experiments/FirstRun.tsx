import { Flag } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { address } from "../api/call";
import { Choice } from "../kit/Choice";
import { CopyBlock } from "../kit/Copy";
import { Empty } from "../kit/Empty";

const WAYS = ["hito", "mlflow"] as const;

/** The first visit: nothing is logged yet. Shows how, with this server's address filled in; the page sees it arrive. */
export function FirstRun() {
  const { t } = useTranslation();
  const [way, setWay] = useState<(typeof WAYS)[number]>("hito");
  const here = new URL(address(""), location.origin).href.replace(/\/$/, "");
  return (
    <Empty icon={<Flag />} title={t("experiments.first")}>
      <p>{t("experiments.firstHint")}</p>
      <Choice
        bare
        label={t("experiments.firstWay")}
        value={way}
        options={WAYS.map((value) => ({ value, label: t(`experiments.ways.${value}`) }))}
        choose={setWay}
      />
      <CopyBlock text={SCRIPTS[way].replace("@", here)} />
      <p className="quiet">{t("experiments.firstWait")}</p>
    </Empty>
  );
}

const SCRIPT = `
X.set_tracking_uri("@")
X.set_experiment("first/steps")

with X.start_run():
    X.log_param("depth", 4)
    for step in range(100):
        X.log_metric("loss", 1 / (step + 1), step=step)`;

const SCRIPTS = {
  hito: `import hito\n${SCRIPT.replaceAll("X.", "hito.")}`,
  mlflow: `import mlflow\n${SCRIPT.replaceAll("X.", "mlflow.")}`,
};
