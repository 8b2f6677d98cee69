import type { ReactNode } from "react";
import { ago, number } from "../kit/format";
import { Status } from "../kit/Status";
import { cellText, cellValue, deltaOf, isNumeric } from "./cells";
import type { Column } from "./columns";
import { gridCell } from "./GridRow";
import type { Known } from "./rows";
import type { RowWords } from "./words";

interface Props {
  line: number;
  at: number;
  column: Column;
  known: Known | undefined;
  base: Known | undefined;
  best: number | undefined;
  active: boolean;
  now: number;
  experiment: string | undefined;
  words: RowWords;
}

const SHORT = 11;

/** A value of a run under its column; a metric also says how it differs from the baseline's. */
export function valueCell({ line, at, column, known, base, best, active, now, experiment, words }: Props) {
  const { field, width, x } = column;
  const value = known ? cellValue(field, known, now) : undefined;
  const text =
    value === undefined ? "" : field === "experiment" ? (experiment ?? "") : cellText(field, value);
  const delta = base ? deltaOf(field, value, base.cells.get(field)) : null;
  let content: ReactNode = text;
  let title = text.length > SHORT ? text : undefined;
  if (value === undefined) content = <span className="run-blank" />;
  else if (value === null) content = best === undefined ? null : rolled(best, words);
  else if (field === "start_time" || field === "end_time") {
    content = ago(Number(value));
    title = text;
  } else if (field === "status") content = <Status status={text} />;
  return gridCell({
    line,
    at,
    x,
    width,
    active,
    look: isNumeric(field) ? "number" : "",
    title,
    children: delta ? (
      <>
        <span className={`run-delta ${delta.tone}`}>{delta.text}</span>
        {content}
      </>
    ) : (
      content
    ),
  });
}

/** The best of a parent's children, where the parent has no value of its own. */
function rolled(value: number, { bestOfChildren }: RowWords): ReactNode {
  return (
    <span className="run-rolled" title={bestOfChildren}>
      {number(value)}
    </span>
  );
}
