import { useVirtualizer } from "@tanstack/react-virtual";
import { Columns3, GripVertical, Pin } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../kit/Button";
import { Field } from "../kit/Field";
import { count } from "../kit/format";
import { Popover } from "../kit/Popover";
import { matcher } from "./matcher";
import { useFieldName } from "./names";
import "./ColumnsPanel.css";

export interface ColumnsActs {
  show: (field: string, on: boolean) => void;
  /** Shows or hides many at once. */
  showAll: (fields: string[], on: boolean) => void;
  move: (field: string, to: number) => void;
  keep: (field: string) => void;
  reset: () => void;
}

interface Props {
  shown: readonly string[];
  offered: readonly string[];
  kept: number;
  acts: ColumnsActs;
}

const ROW = 30;

/** Which columns the table has, in which order: found by a regular expression, ticked, dragged, frozen. */
export function ColumnsPanel(props: Props) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <Popover
      label={t("runs.columns")}
      align="end"
      open={open}
      setOpen={setOpen}
      trigger={
        <Button icon={<Columns3 />} aria-label={`${t("runs.columns")} ${count(props.shown.length)}`}>
          <span className="wide">{t("runs.columns")}</span>{" "}
          <span className="quiet number">{count(props.shown.length)}</span>
        </Button>
      }
    >
      {open && <Panel {...props} />}
    </Popover>
  );
}

function Panel({ shown, offered, kept, acts }: Props) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const matches = useMemo(() => matcher(text), [text]);
  const name = useFieldName();
  const isShown = useMemo(() => new Set(shown), [shown]);
  const all = useMemo(
    () => [...shown, ...offered.filter((field) => !isShown.has(field))],
    [shown, offered, isShown],
  );
  const fields = useMemo(
    () => all.filter((field) => matches(field) || matches(name(field).short)),
    [all, matches, name],
  );
  const place = useRef<HTMLDivElement>(null);
  const [over, setOver] = useState<number | null>(null);
  const list = useVirtualizer({
    count: fields.length,
    getScrollElement: () => place.current,
    estimateSize: () => ROW,
    overscan: 8,
    initialRect: { width: 320, height: 420 },
  });
  const ordered = text === "";
  const at = (clientY: number) => {
    const element = place.current;
    if (!element) return 0;
    const y = clientY - element.getBoundingClientRect().top + element.scrollTop;
    return Math.min(shown.length, Math.max(0, Math.round(y / ROW)));
  };
  return (
    <div className="columns-panel">
      <Field
        label={t("runs.findColumns")}
        bare
        placeholder={t("runs.findColumns")}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <div className="columns-all">
        <span className="quiet">
          {t("runs.columnsOf", { shown: count(shown.length), all: count(all.length) })}
        </span>
        <Button look="plain" onClick={() => acts.showAll(fields, true)}>
          {t("runs.showAll")}
        </Button>
        <Button look="plain" onClick={() => acts.showAll(fields, false)}>
          {t("runs.showNone")}
        </Button>
        <Button look="plain" onClick={acts.reset}>
          {t("runs.reset")}
        </Button>
      </div>
      {fields.length === 0 && <p className="quiet columns-none">{t("runs.noColumns")}</p>}
      <div className="columns-list" ref={place}>
        <ul style={{ blockSize: list.getTotalSize() }} aria-label={t("runs.columns")}>
          {list.getVirtualItems().map(({ index, start }) => {
            const field = fields[index] ?? "";
            const on = isShown.has(field);
            const title = name(field);
            return (
              <li key={field} style={{ transform: `translateY(${start}px)` }} className={on ? "on" : ""}>
                <button
                  type="button"
                  className="columns-grip"
                  disabled={!on || !ordered}
                  aria-label={t("runs.moveColumn", { name: title.long })}
                  onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
                  onPointerMove={(event) => event.buttons === 1 && setOver(at(event.clientY))}
                  onPointerUp={(event) => {
                    if (over !== null) {
                      const to = at(event.clientY);
                      acts.move(field, to > index ? to - 1 : to);
                    }
                    setOver(null);
                  }}
                  onKeyDown={(event) => {
                    const by = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
                    if (!by) return;
                    event.preventDefault();
                    acts.move(field, Math.min(shown.length - 1, Math.max(0, index + by)));
                  }}
                >
                  <GripVertical />
                </button>
                <label className="check">
                  <input
                    type="checkbox"
                    checked={on}
                    onChange={(event) => acts.show(field, event.target.checked)}
                  />
                  <span className="cut" title={title.long}>
                    {title.short}
                    {title.stat && <small> {title.stat}</small>}
                  </span>
                </label>
                <button
                  type="button"
                  className="columns-keep"
                  aria-pressed={on && shown.indexOf(field) < kept}
                  disabled={!on}
                  aria-label={t("runs.freezeColumn", { name: title.long })}
                  title={t("runs.freeze")}
                  onClick={() => acts.keep(field)}
                >
                  <Pin />
                </button>
              </li>
            );
          })}
          {over !== null && (
            <li className="columns-mark" style={{ transform: `translateY(${over * ROW}px)` }} />
          )}
        </ul>
      </div>
    </div>
  );
}
