import { Plus, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Tag } from "../api/types.gen";
import { Button } from "../kit/Button";
import { Field } from "../kit/Field";
import { IconButton } from "../kit/IconButton";
import { Popover } from "../kit/Popover";
import "../run/Tags.css";

interface Props {
  tags: readonly Tag[];
  set: (key: string, value: string) => void;
  drop: (key: string) => void;
}

/** Tags in a row; each may be changed or taken off, and another put on. */
export function Tags({ tags, set, drop }: Props) {
  const { t } = useTranslation();
  return (
    <ul className="tags" aria-label={t("models.tags")}>
      {tags.map(({ key, value }) => (
        <li key={key} className="tag">
          <TagForm
            tag={{ key, value }}
            save={set}
            trigger={
              <button type="button" className="tag-text" title={`${key}: ${value}`}>
                <span className="quiet">{key}</span>
                {value && <span className="cut">{value}</span>}
              </button>
            }
          />
          <IconButton label={t("models.dropTag", { key })} onClick={() => drop(key)}>
            <X />
          </IconButton>
        </li>
      ))}
      <li>
        <TagForm
          save={set}
          trigger={
            <Button look="plain" icon={<Plus />} className="tag-add">
              {t("models.addTag")}
            </Button>
          }
        />
      </li>
    </ul>
  );
}

function TagForm({
  tag,
  save,
  trigger,
}: {
  tag?: Tag;
  save: (key: string, value: string) => void;
  trigger: React.ReactNode;
}) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [key, setKey] = useState(tag?.key ?? "");
  const [value, setValue] = useState(tag?.value ?? "");
  return (
    <Popover label={t("models.addTag")} trigger={trigger} open={open} setOpen={setOpen}>
      <form
        className="tag-form"
        onSubmit={(event) => {
          event.preventDefault();
          save(key.trim(), value);
          setOpen(false);
          if (tag) return;
          setKey("");
          setValue("");
        }}
      >
        <Field
          label={t("models.key")}
          value={key}
          readOnly={tag !== undefined}
          onChange={(event) => setKey(event.target.value)}
        />
        <Field label={t("models.value")} value={value} onChange={(event) => setValue(event.target.value)} />
        <Button type="submit" look="primary" disabled={!key.trim()}>
          {t("kit.save")}
        </Button>
      </form>
    </Popover>
  );
}
