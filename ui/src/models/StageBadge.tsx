import { useTranslation } from "react-i18next";
import { STAGES, type Stage } from "../api/models";
import { Badge } from "../kit/Badge";

const TONES = { None: "plain", Staging: "warn", Production: "good", Archived: "plain" } as const;

/** The stage that a version is in; nothing for those in none. */
export function StageBadge({ stage }: { stage: string }) {
  const { t } = useTranslation();
  const known = stageOf(stage);
  if (known === "None") return null;
  return <Badge tone={TONES[known]}>{t(`models.stages.${known}`)}</Badge>;
}

export function stageOf(text: string): Stage {
  return STAGES.find((stage) => stage === text) ?? "None";
}
