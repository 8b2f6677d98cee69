import { memo, useEffect, useReducer } from "react";
import type { Column } from "./columns";
import { fieldOf } from "./fields";
import { gridCell } from "./GridRow";
import { pathOf, sparks } from "./sparks";

interface Props {
  line: number;
  at: number;
  column: Column;
  run: string;
  live: boolean;
  colour: string;
  active: boolean;
}

/** A metric's curve in a cell. */
export const Spark = memo(({ line, at, column, run, live, colour, active }: Props) => {
  const [, tick] = useReducer((n: number) => n + 1, 0);
  const { key } = fieldOf(column.field);
  useEffect(() => sparks.follow(run, key, live, tick), [run, key, live]);
  const curve = sparks.get(run, key);
  return gridCell({
    line,
    at,
    x: column.x,
    width: column.width,
    active,
    look: "run-spark",
    children:
      curve === undefined ? (
        <span className="run-blank" />
      ) : (
        curve && (
          <svg viewBox="0 0 100 20" preserveAspectRatio="none" aria-hidden="true">
            <path d={pathOf(curve)} stroke={colour} fill="none" vectorEffect="non-scaling-stroke" />
          </svg>
        )
      ),
  });
});
Spark.displayName = "Spark";
