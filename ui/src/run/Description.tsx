import { Pencil } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useTag } from "../api/run";
import type { Run } from "../api/types.gen";
import { Markdown } from "../artifacts/Markdown";
import { Button } from "../kit/Button";
import { IconButton } from "../kit/IconButton";
import { useSay } from "../kit/Toast";
import { NOTE, tagOf } from "./runTags";
import "./Parts.css";

/** What somebody wrote about the run, in Markdown; written in place. */
export function Description({ run }: { run: Run }) {
  const { t } = useTranslation();
  const say = useSay();
  const tag = useTag(run.info.run_id);
  const text = tagOf(run, NOTE);
  const [draft, setDraft] = useState<string | null>(null);
  const [looking, setLooking] = useState(false);
  const write = (value: string, undo: boolean) =>
    tag.mutate(
      { key: NOTE, value: value || null },
      {
        onSuccess: () => undo && say.done(t("run.described"), () => write(text, false)),
        onError: say.failed,
      },
    );
  const save = () => {
    if (draft !== null && draft !== text && (draft || text)) write(draft, true);
    setDraft(null);
  };
  if (draft === null && !text)
    return (
      <div>
        <Button look="plain" icon={<Pencil />} onClick={() => setDraft("")}>
          {t("run.describe")}
        </Button>
      </div>
    );
  if (draft === null)
    return (
      <section className="run-note" aria-label={t("run.description")}>
        <Markdown text={text} />
        <IconButton label={t("run.editDescription")} onClick={() => setDraft(text)}>
          <Pencil />
        </IconButton>
      </section>
    );
  return (
    <section className="run-draft" aria-label={t("run.description")}>
      {looking ? (
        <div className="run-note">
          <Markdown text={draft} />
        </div>
      ) : (
        <textarea
          className="input"
          aria-label={t("run.description")}
          rows={Math.min(20, Math.max(5, draft.split("\n").length + 1))}
          value={draft}
          placeholder={t("run.markdownHint")}
          ref={(area) => area?.focus({ preventScroll: true })}
          onChange={(event) => setDraft(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") setDraft(null);
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) save();
          }}
        />
      )}
      <div className="run-draft-tools">
        <Button look="plain" aria-pressed={looking} onClick={() => setLooking(!looking)}>
          {t("run.preview")}
        </Button>
        <Button onClick={() => setDraft(null)}>{t("run.cancel")}</Button>
        <Button look="primary" onClick={save}>
          {t("run.save")}
        </Button>
      </div>
    </section>
  );
}
