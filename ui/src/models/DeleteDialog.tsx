import { useState } from "react";
import { useTranslation } from "react-i18next";
import { STAGES } from "../api/models";
import type { Version } from "../api/types.gen";
import { Button } from "../kit/Button";
import { Check } from "../kit/Check";
import { Dialog } from "../kit/Dialog";
import { count } from "../kit/format";
import { useSay } from "../kit/Toast";
import { stageOf } from "./StageBadge";

interface Props {
  title: string;
  versions: readonly Version[];
  aliases: readonly string[];
  close: () => void;
  remove: () => Promise<void>;
}

/** Says what would go, and who would miss it, before a model or a version is deleted for good. */
export function DeleteDialog({ title, versions, aliases, close, remove }: Props) {
  const { t } = useTranslation();
  const say = useSay();
  const [sure, setSure] = useState(false);
  const [busy, setBusy] = useState(false);
  const live = STAGES.filter((stage) => stage !== "None" && stage !== "Archived").flatMap((stage) =>
    versions
      .filter(({ current_stage }) => stageOf(current_stage) === stage)
      .map((version) => ({ stage, version })),
  );
  const submit = async () => {
    setBusy(true);
    try {
      await remove();
      close();
    } catch (error) {
      say.failed(error);
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      close={close}
      title={title}
      hint={t("models.deleteHint")}
      actions={
        <>
          <Button onClick={close}>{t("kit.cancel")}</Button>
          <Button look="danger" onClick={submit} disabled={!sure || busy}>
            {t("models.delete")}
          </Button>
        </>
      }
    >
      <ul className="delete-facts">
        <li>{t("models.deleteVersions", { count: versions.length, shown: count(versions.length) })}</li>
        {live.map(({ stage, version }) => (
          <li key={version.version}>
            <strong>
              {t("models.deleteStage", { version: version.version, stage: t(`models.stages.${stage}`) })}
            </strong>
          </li>
        ))}
        {aliases.length > 0 && (
          <li>{t("models.deleteAliases", { aliases: aliases.map((alias) => `@${alias}`).join(", ") })}</li>
        )}
        <li>{t("models.deleteKept")}</li>
      </ul>
      <Check on={sure} set={setSure}>
        {t("models.deleteSure")}
      </Check>
    </Dialog>
  );
}
