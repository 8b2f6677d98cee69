import { Plus, X } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useTag } from "../api/run";
import type { Run, Tag } from "../api/types.gen";
import { Button } from "../kit/Button";
import { Field } from "../kit/Field";
import { IconButton } from "../kit/IconButton";
import { Popover } from "../kit/Popover";
import { useSay } from "../kit/Toast";
import { ownTags } from "./runTags";
import { Section } from "./Section";
import "./Tags.css";

/** Tags that people set; added, changed and taken away in place. */
export function Tags({ run }: { run: Run }) {
  const { t } = useTranslation();
  const say = useSay();
  const tag = useTag(run.info.run_id);
  const tags = ownTags(run);
  const write = (key: string, value: string | null, before: string | null, undo = true) =>
    tag.mutate(
      { key, value },
      {
        onSuccess: () =>
          undo &&
          say.done(t(value === null ? "run.tagGone" : "run.tagSet", { key }), () =>
            write(key, before, value, false),
          ),
        onError: say.failed,
      },
    );
  const set = (key: string, value: string) =>
    write(key, value, tags.find((one) => one.key === key)?.value ?? null);
  return (
    <Section
      title={t("run.tags")}
      size={tags.length}
      tools={
        <Editor
          set={set}
          trigger={
            <IconButton label={t("run.addTag")}>
              <Plus />
            </IconButton>
          }
        />
      }
    >
      <ul className="tags">
        {tags.map((one) => (
          <li key={one.key} className="tag">
            <Editor
              tag={one}
              set={set}
              trigger={
                <button type="button" className="tag-text" title={`${one.key}: ${one.value}`}>
                  <span className="quiet cut">{one.key}</span>
                  {one.value && <span className="cut">{one.value}</span>}
                </button>
              }
            />
            <IconButton
              label={t("run.removeTag", { key: one.key })}
              onClick={() => write(one.key, null, one.value)}
            >
              <X />
            </IconButton>
          </li>
        ))}
      </ul>
      {tags.length === 0 && <p className="quiet">{t("run.noTags")}</p>}
    </Section>
  );
}

function Editor({
  tag,
  set,
  trigger,
}: {
  tag?: Tag;
  set: (key: string, value: string) => void;
  trigger: React.ReactNode;
}) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const key = tag?.key ?? String(form.get("key") ?? "").trim();
    if (!key) return;
    set(key, String(form.get("value") ?? ""));
    setOpen(false);
  };
  return (
    <Popover trigger={trigger} label={t("run.addTag")} open={open} setOpen={setOpen}>
      <form className="tag-form" onSubmit={save}>
        {tag ? (
          <strong className="cut">{tag.key}</strong>
        ) : (
          <Field label={t("run.key")} name="key" required />
        )}
        <Field label={t("run.value")} name="value" defaultValue={tag?.value ?? ""} />
        <Button look="primary" type="submit">
          {t("run.save")}
        </Button>
      </form>
    </Popover>
  );
}
