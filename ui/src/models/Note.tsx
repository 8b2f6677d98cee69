import { PenLine } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Markdown } from "../artifacts/Markdown";
import { DescribeDialog } from "../experiments/DescribeDialog";
import { Button } from "../kit/Button";
import { IconButton } from "../kit/IconButton";

/** A description in Markdown, and a pen to change it. */
export function Note({ text, save }: { text: string; save: (text: string) => Promise<void> }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <div className="note">
      {text ? (
        <>
          <Markdown text={text} />
          <IconButton label={t("models.describe")} onClick={() => setOpen(true)}>
            <PenLine />
          </IconButton>
        </>
      ) : (
        <Button look="plain" icon={<PenLine />} onClick={() => setOpen(true)}>
          {t("models.describe")}
        </Button>
      )}
      {open && (
        <DescribeDialog
          title={t("models.describe")}
          text={text}
          close={() => setOpen(false)}
          save={async (value) => {
            await save(value);
            setOpen(false);
          }}
        />
      )}
    </div>
  );
}
