import { ChevronDown, ChevronRight, Pin } from "lucide-react";
import { useTranslation } from "react-i18next";
import { address } from "../api/call";
import type { RunRow } from "../api/types.gen";
import { count } from "../kit/format";
import { Status } from "../kit/Status";
import { GridCell } from "./GridRow";

interface Props {
  line: number;
  run: RunRow | undefined;
  width: number;
  depth: number;
  opens: boolean;
  open: boolean;
  colour: string;
  active: boolean;
  selected: boolean;
  unseen: boolean;
  pinned: boolean;
  isBase: boolean;
}

/** A run's name with what is done to runs most: select, show in charts, unfold, open. Only an unusual status is said. */
export function NameCell(props: Props) {
  const { line, run, width, depth, opens, open, colour, active, selected, unseen, pinned, isBase } = props;
  const { t } = useTranslation();
  const eye = unseen ? t("runs.eyeOn") : t("runs.eyeOff");
  return (
    <GridCell line={line} at={0} width={width} active={active} look="run-name">
      <span className="run-pick" data-act="pick">
        <input
          type="checkbox"
          checked={selected}
          readOnly
          tabIndex={-1}
          aria-label={t("runs.select", { name: run?.name ?? "" })}
        />
      </span>
      <button
        type="button"
        tabIndex={-1}
        className="run-dot"
        data-act="eye"
        aria-pressed={!unseen}
        aria-label={eye}
        title={eye}
      >
        <i style={{ "--colour": colour } as React.CSSProperties} className={unseen ? "off" : ""} />
      </button>
      {depth > 0 && <span className="run-indent" style={{ inlineSize: `${depth * 1.125}rem` }} />}
      {opens && <Opener open={open} />}
      {run ? (
        <>
          {run.status !== "FINISHED" && <Status status={run.status} bare />}
          <a
            className="cut"
            href={address(`runs/${run.run_id}`)}
            tabIndex={-1}
            title={run.name}
            data-act="go"
          >
            {run.name || run.run_id}
          </a>
          {opens && (
            <span className="run-children" title={t("runs.childrenOf", { count: run.children })}>
              {count(run.children)}
            </span>
          )}
          {run.lifecycle_stage === "deleted" && <span className="run-mark">{t("runs.deleted")}</span>}
          {isBase && <span className="run-mark">{t("runs.baseline")}</span>}
          {pinned && !isBase && <Pin className="run-pin" aria-label={t("runs.pinned")} />}
        </>
      ) : (
        <span className="run-blank" />
      )}
    </GridCell>
  );
}

export function Opener({ open }: { open: boolean }) {
  const { t } = useTranslation();
  return (
    <button
      type="button"
      tabIndex={-1}
      className="run-opener"
      data-act="unfold"
      aria-label={open ? t("runs.fold") : t("runs.unfold")}
    >
      {open ? <ChevronDown /> : <ChevronRight />}
    </button>
  );
}
