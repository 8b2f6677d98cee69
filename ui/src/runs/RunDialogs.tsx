import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../kit/Button";
import { Dialog } from "../kit/Dialog";
import { Field } from "../kit/Field";
import { count } from "../kit/format";

interface Props {
  /** How many runs it is about. */
  size: number;
  /** What stands in the field at first. */
  initial: string;
  close: () => void;
}

export function RenameDialog({ size, initial, close, rename }: Props & { rename: (name: string) => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState(initial);
  return (
    <Dialog
      open
      close={close}
      title={t("runs.renameRuns", { count: size, n: count(size) })}
      actions={
        <Button look="primary" type="submit" form="run-rename" disabled={!name.trim()}>
          {t("runs.rename")}
        </Button>
      }
    >
      <form
        id="run-rename"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim()) rename(name.trim());
          close();
        }}
      >
        <Field
          label={t("runs.name")}
          value={name}
          onChange={(event) => setName(event.target.value)}
          autoFocus
        />
      </form>
    </Dialog>
  );
}

export function TagDialog({
  size,
  keys,
  close,
  tag,
}: Omit<Props, "initial"> & { keys: readonly string[]; tag: (key: string, value: string) => void }) {
  const { t } = useTranslation();
  const [key, setKey] = useState("");
  const [value, setValue] = useState("");
  return (
    <Dialog
      open
      close={close}
      title={t("runs.tagRuns", { count: size, n: count(size) })}
      actions={
        <Button look="primary" type="submit" form="run-tag" disabled={!key.trim()}>
          {t("runs.setTag")}
        </Button>
      }
    >
      <form
        id="run-tag"
        className="run-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (key.trim()) tag(key.trim(), value);
          close();
        }}
      >
        <Field
          label={t("runs.tagKey")}
          list="run-tags"
          value={key}
          onChange={(event) => setKey(event.target.value)}
          autoFocus
        />
        <datalist id="run-tags">
          {keys.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
        <Field label={t("runs.tagValue")} value={value} onChange={(event) => setValue(event.target.value)} />
      </form>
    </Dialog>
  );
}
