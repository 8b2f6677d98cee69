import { memo } from "react";
import { colourOf } from "../chart/colours";
import { valueCell } from "./Cell";
import type { Column, Layout } from "./columns";
import { GridRow, gridCell } from "./GridRow";
import { nameCell } from "./NameCell";
import type { Known } from "./rows";
import { Spark } from "./Spark";
import type { RowWords } from "./words";

interface Props {
  line: number;
  /** px from the beginning of its layer. */
  top: number;
  /** undefined: it has not come yet. */
  known: Known | undefined;
  layout: Layout;
  left: number;
  right: number;
  depth: number;
  /** Whether children can be shown below it, and are. */
  opens: boolean;
  open: boolean;
  /** The number of a colour that was chosen for it. */
  tint: number | undefined;
  /** The column of the active cell, if it is in this row. */
  active: number | null;
  selected: boolean;
  /** Left out of charts. */
  unseen: boolean;
  pinned: boolean;
  base: Known | undefined;
  isBase: boolean;
  /** What its children reached, where it has no value itself. */
  best: ReadonlyMap<string, number> | undefined;
  now: number;
  experiment: string | undefined;
  words: RowWords;
}

/** One run. Its clicks are heard by the table, by `data-act`; so a row that is drawn in every frame makes no functions. */
export const Row = memo((props: Props) => {
  const { line, top, known, layout, depth, open, opens, selected, pinned, isBase, active } = props;
  if (!known) return <BlankRow line={line} top={props.top} width={layout.nameWidth} />;
  const run = known.run;
  const colour = run
    ? colourOf(run.run_id, props.tint === undefined ? {} : { [run.run_id]: props.tint })
    : "";
  const cell = (column: Column, at: number) => {
    const place = { line, at, column, active: active === at };
    if (column.field.startsWith("curves."))
      return <Spark key={at} {...place} run={run.run_id} live={run.status === "RUNNING"} colour={colour} />;
    return valueCell({
      ...place,
      known,
      base: isBase ? undefined : props.base,
      best: props.best?.get(column.field),
      now: column.field === "duration" ? props.now : 0,
      experiment: props.experiment,
      words: props.words,
    });
  };
  return (
    <GridRow
      className={`run-row ${selected ? "selected" : ""} ${pinned ? "pinned" : ""} ${isBase ? "base" : ""}`}
      style={{ transform: `translateY(${top}px)` }}
      aria-rowindex={line + 2}
      aria-selected={selected}
      aria-expanded={opens ? open : undefined}
      aria-level={depth > 0 || opens ? depth + 1 : undefined}
      data-line={line}
      data-run-id={run.run_id}
      layout={layout}
      left={props.left}
      right={props.right}
      name={nameCell({
        line,
        run,
        width: layout.nameWidth,
        depth,
        opens,
        open,
        colour,
        active: active === 0,
        selected,
        unseen: props.unseen,
        pinned,
        isBase,
        words: props.words,
      })}
      cell={cell}
    />
  );
});
Row.displayName = "Row";

/** A run that has not come yet: as little as possible, since a drag of the bar passes thousands of them. */
function BlankRow({ line, top, width }: { line: number; top: number; width: number }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: what a table has cannot be drawn out of its flow
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus and names its active cell
    <div
      role="row"
      className="run-row"
      style={{ transform: `translateY(${top}px)` }}
      aria-rowindex={line + 2}
      data-line={line}
    >
      {gridCell({
        line,
        at: 0,
        width,
        active: false,
        look: "run-waits",
        children: <span className="run-blank" />,
      })}
    </div>
  );
}
