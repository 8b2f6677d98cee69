import { Group, X } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Fields } from "../api/types.gen";
import { Button } from "../kit/Button";
import { Field } from "../kit/Field";
import { Popover } from "../kit/Popover";
import { fieldOf, textOf } from "./fields";
import { matcher } from "./matcher";
import { useFieldName } from "./names";
import "./GroupPicker.css";

const MOST = 100;

/** By which fields the runs are grouped. */
export function GroupPicker({
  by,
  fields,
  set,
}: {
  by: readonly string[];
  fields: Fields | undefined;
  set: (by: string[]) => void;
}) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const name = useFieldName();
  const names = by.map((field) => name(field).short).join(", ");
  return (
    <Popover
      label={t("runs.group")}
      open={open}
      setOpen={setOpen}
      trigger={
        <Button
          icon={<Group />}
          aria-label={`${t("runs.group")} ${names}`.trim()}
          aria-pressed={by.length > 0}
        >
          <span className={by.length > 0 ? "cut group-by" : "wide"}>{names || t("runs.group")}</span>
        </Button>
      }
    >
      {open && <Choice by={by} fields={fields} set={set} />}
    </Popover>
  );
}

function Choice({
  by,
  fields,
  set,
}: {
  by: readonly string[];
  fields: Fields | undefined;
  set: (by: string[]) => void;
}) {
  const { t } = useTranslation();
  const name = useFieldName();
  const [text, setText] = useState("");
  const offered = useMemo(() => {
    const matches = matcher(text);
    return [
      ...(fields?.params ?? []).map((key) => textOf("params", key)),
      ...["status", "user_id", "run_name"],
      ...(fields?.tags ?? []).map((key) => textOf("tags", key)),
    ].filter((field) => !by.includes(field) && (matches(field) || matches(name(field).short)));
  }, [fields, text, by, name]);
  return (
    <div className="group-choice">
      {by.length > 0 && (
        <ul className="group-chosen">
          {by.map((field) => (
            <li key={field}>
              <Button
                icon={<X />}
                aria-label={t("runs.ungroup", { name: name(field).short })}
                onClick={() => set(by.filter((one) => one !== field))}
              >
                {name(field).short}
              </Button>
            </li>
          ))}
        </ul>
      )}
      <Field
        label={t("runs.findField")}
        bare
        placeholder={t("runs.findField")}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <ul className="group-list">
        {offered.slice(0, MOST).map((field) => (
          <li key={field}>
            <button type="button" className="menu-item" onClick={() => set([...by, field])}>
              <span className="cut">{name(field).short}</span>
              <span className="quiet">{kindName(field, t("runs.param"), t("runs.tag"))}</span>
            </button>
          </li>
        ))}
      </ul>
      {offered.length === 0 && <p className="quiet">{t("runs.noFields")}</p>}
    </div>
  );
}

function kindName(field: string, param: string, tag: string): string {
  const { kind } = fieldOf(field);
  return kind === "params" ? param : kind === "tags" ? tag : "";
}
