import { useState } from "react";
import { useTranslation } from "react-i18next";
import { MarkdownField } from "../artifacts/MarkdownField";
import { Button } from "../kit/Button";
import { Dialog } from "../kit/Dialog";
import { useSay } from "../kit/Toast";

/** Asks for a description, in Markdown. */
export function DescribeDialog({
  title,
  text,
  close,
  save,
}: {
  title: string;
  text: string;
  close: () => void;
  save: (text: string) => Promise<void>;
}) {
  const { t } = useTranslation();
  const say = useSay();
  const [value, setValue] = useState(text);
  return (
    <Dialog
      open
      wide
      close={close}
      title={title}
      actions={
        <>
          <Button onClick={close}>{t("kit.cancel")}</Button>
          <Button look="primary" onClick={() => save(value).catch(say.failed)}>
            {t("kit.save")}
          </Button>
        </>
      }
    >
      <MarkdownField label={t("experiments.description")} value={value} change={setValue} />
    </Dialog>
  );
}
