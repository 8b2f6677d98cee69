import { ChevronDown, ChevronRight, Pin } from "lucide-react";
import { address } from "../api/call";
import type { RunRow } from "../api/types.gen";
import { count } from "../kit/format";
import { Status } from "../kit/Status";
import { gridCell } from "./GridRow";
import type { RowWords } from "./words";

interface Props {
  line: number;
  run: RunRow;
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
  words: RowWords;
}

/** A run's name with what is done to runs most: select, show in charts, unfold, open. Only an unusual status is said. */
export function nameCell(props: Props) {
  const { line, run, width, depth, opens, open, colour, active, selected, unseen, pinned, isBase, words } =
    props;
  const eye = unseen ? words.eyeOn : words.eyeOff;
  return gridCell({
    line,
    at: 0,
    width,
    active,
    look: "run-name",
    children: (
      <>
        <span className="run-pick" data-act="pick">
          <input
            type="checkbox"
            checked={selected}
            readOnly
            tabIndex={-1}
            aria-label={words.select(run.name)}
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
        {depth > 0 && (
          <span className="run-indent" style={{ inlineSize: `${depth * 1.125 + (opens ? 0 : 1.5)}rem` }} />
        )}
        {opens && <Opener open={open} words={words} />}
        {run.status !== "FINISHED" && <Status status={run.status} bare />}
        <a className="cut" href={address(`runs/${run.run_id}`)} tabIndex={-1} title={run.name} data-act="go">
          {run.name || run.run_id}
        </a>
        {opens && (
          <span className="run-children" title={words.children(run.children)}>
            {count(run.children)}
          </span>
        )}
        {run.lifecycle_stage === "deleted" && <span className="run-mark">{words.deleted}</span>}
        {isBase && <span className="run-mark">{words.baseline}</span>}
        {pinned && !isBase && <Pin className="run-pin" aria-label={words.pinned} />}
      </>
    ),
  });
}

export function Opener({ open, words }: { open: boolean; words: RowWords }) {
  return (
    <button
      type="button"
      tabIndex={-1}
      className="run-opener"
      data-act="unfold"
      aria-label={open ? words.fold : words.unfold}
    >
      {open ? <ChevronDown /> : <ChevronRight />}
    </button>
  );
}
