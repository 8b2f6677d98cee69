import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Stage, useChangeModel } from "../api/models";
import type { Version } from "../api/types.gen";
import { Button } from "../kit/Button";
import { Check } from "../kit/Check";
import { Dialog } from "../kit/Dialog";
import { useSay } from "../kit/Toast";
import { stageOf } from "./StageBadge";

/** Moves a version to a stage. Where others are in Staging or Production already, a dialog asks whether they go to the archive. */
export function usePromotion(name: string, versions: readonly Version[]) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState<{ version: Version; stage: Stage } | null>(null);
  const change = useChangeModel();
  const say = useSay();
  const others = (version: Version, stage: Stage) =>
    versions.filter((one) => one.version !== version.version && stageOf(one.current_stage) === stage);

  const move = async (version: Version, stage: Stage, archive: boolean) => {
    const before = [version, ...(archive ? others(version, stage) : [])];
    const to = { do: "stage", name } as const;
    try {
      await change.mutateAsync({ ...to, version: version.version, stage, archive });
      say.done(
        t("models.moved", { version: version.version, stage: t(`models.stages.${stage}`) }),
        async () => {
          for (const one of before)
            await change
              .mutateAsync({ ...to, version: one.version, stage: stageOf(one.current_stage), archive: false })
              .catch(say.failed);
        },
      );
    } catch (error) {
      say.failed(error);
    }
  };
  const promote = (version: Version, stage: Stage) => {
    if (stageOf(version.current_stage) === stage) return;
    const asks = stage === "Staging" || stage === "Production";
    if (asks) setAsked({ version, stage });
    else void move(version, stage, false);
  };
  const dialog: ReactNode = asked && (
    <PromotionDialog
      version={asked.version}
      stage={asked.stage}
      others={others(asked.version, asked.stage)}
      close={() => setAsked(null)}
      move={(archive) => {
        setAsked(null);
        void move(asked.version, asked.stage, archive);
      }}
    />
  );
  return { promote, dialog };
}

function PromotionDialog({
  version,
  stage,
  others,
  close,
  move,
}: {
  version: Version;
  stage: Stage;
  others: readonly Version[];
  close: () => void;
  move: (archive: boolean) => void;
}) {
  const { t } = useTranslation();
  const [archive, setArchive] = useState(true);
  const place = t(`models.stages.${stage}`);
  return (
    <Dialog
      open
      close={close}
      title={t("models.promoteTitle", { version: version.version, stage: place })}
      hint={t("models.promoteHint", { name: version.name, stage })}
      actions={
        <>
          <Button onClick={close}>{t("kit.cancel")}</Button>
          <Button look="primary" onClick={() => move(archive && others.length > 0)}>
            {t("models.promote")}
          </Button>
        </>
      }
    >
      {others.length > 0 ? (
        <Check on={archive} set={setArchive}>
          {t("models.archiveOthers", {
            count: others.length,
            stage: place,
            versions: others.map((one) => `v${one.version}`).join(", "),
          })}
        </Check>
      ) : (
        <p className="quiet">{t("models.noOthers", { stage: place })}</p>
      )}
    </Dialog>
  );
}
