import { ChevronDown } from "lucide-react";
import { useTranslation } from "react-i18next";
import { STAGES, type Stage } from "../api/models";
import type { Version } from "../api/types.gen";
import { Button } from "../kit/Button";
import { Menu, MenuCheck, MenuLabel } from "../kit/Menu";
import { stageOf } from "./StageBadge";

/** The stage of a version, and the others it can be moved to. */
export function StageMenu({
  version,
  promote,
}: {
  version: Version;
  promote: (version: Version, stage: Stage) => void;
}) {
  const { t } = useTranslation();
  const stage = stageOf(version.current_stage);
  return (
    <Menu
      trigger={
        <Button
          look="plain"
          className={`stage-menu ${stage}`}
          aria-label={t("models.stageOf", {
            version: version.version,
            stage: t(`models.stages.${stage}`),
          })}
        >
          {t(`models.stages.${stage}`)}
          <ChevronDown />
        </Button>
      }
    >
      <MenuLabel>{t("models.moveTo")}</MenuLabel>
      {STAGES.map((one) => (
        <MenuCheck key={one} on={one === stage} close set={() => promote(version, one)}>
          {t(`models.stages.${one}`)}
        </MenuCheck>
      ))}
    </Menu>
  );
}
