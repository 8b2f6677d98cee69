import { useNavigate } from "@tanstack/react-router";
import { Layers, Trash2, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useExperiments } from "../api/experiments";
import { Button } from "../kit/Button";
import { count } from "../kit/format";
import { IconButton } from "../kit/IconButton";
import type { Changing } from "./Change";
import "./Chosen.css";

const MOST = 200; // ids that an address should hold

/** What can be done to the experiments that are chosen, at the foot of the screen. */
export function Chosen({
  ids,
  clear,
  change,
}: {
  ids: ReadonlySet<string>;
  clear: () => void;
  change: (change: Changing) => void;
}) {
  const { t } = useTranslation();
  const go = useNavigate();
  const chosen = (useExperiments().data ?? []).filter(({ experiment_id }) => ids.has(experiment_id));
  if (chosen.length === 0) return null;
  const list = chosen.map(({ experiment_id }) => experiment_id).join(",");
  return (
    <section className="chosen" aria-label={t("experiments.chosenLabel")}>
      <span>{t("experiments.chosen", { count: chosen.length, shown: count(chosen.length) })}</span>
      <Button
        look="primary"
        icon={<Layers />}
        disabled={chosen.length > MOST}
        title={chosen.length > MOST ? t("experiments.tooMany", { most: MOST }) : undefined}
        onClick={() => go({ to: "/experiments/$ids", params: { ids: list } })}
      >
        {t("experiments.together")}
      </Button>
      <Button icon={<Trash2 />} onClick={() => change({ do: "delete", experiments: chosen })}>
        {t("experiments.delete")}
      </Button>
      <IconButton label={t("experiments.chooseNone")} onClick={clear}>
        <X />
      </IconButton>
    </section>
  );
}
