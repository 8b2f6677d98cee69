import { useCallback, useMemo, useRef, useState } from "react";
import type { ColumnActs } from "./ColumnMenu";
import type { ColumnsActs } from "./ColumnsPanel";
import { hide, keep, move, replace, show } from "./columns";
import { fieldOf, lowerIsBetter, withStat } from "./fields";
import type { HeadActs } from "./HeadRow";
import { REST, type RunsState } from "./search";
import type { Change } from "./useRunsState";

interface Asked {
  state: RunsState;
  change: Change;
  /** The columns that are shown. */
  columns: string[];
  usualOnes: string[];
  /** Begins a filter in the query bar. */
  begin: (text: string) => void;
}

/** What a person does to columns, from their heads, their menu and the column manager. */
export function useColumnActs(asked: Asked) {
  const latest = useRef(asked);
  latest.current = asked;
  const [menu, setMenu] = useState<{ field: string; box: DOMRect } | null>(null);
  const closeMenu = useCallback(() => setMenu(null), []);

  const head = useMemo<HeadActs>(
    () => ({
      sort: (field, more) => {
        const { state, change } = latest.current;
        const before = state.sort.find((one) => one.field === field);
        const first = firstWay(field);
        const others = more ? state.sort.filter((one) => one.field !== field) : [];
        // A third click takes the order away again.
        if (before && before.down !== first) return change({ sort: others });
        const next = { field, down: before ? !before.down : first };
        const at = more ? state.sort.findIndex((one) => one.field === field) : -1;
        change({ sort: at >= 0 ? state.sort.with(at, next) : [...others, next] });
      },
      drop: (field, to) => {
        const { state, change, columns } = latest.current;
        const from = columns.indexOf(field);
        const place = to > from ? to - 1 : to;
        const kept =
          state.keep +
          (from >= state.keep && to < state.keep ? 1 : 0) -
          (from < state.keep && place >= state.keep ? 1 : 0);
        change({ ...move(state, columns, field, place), keep: kept });
      },
      width: (field, width) => {
        const { state, change } = latest.current;
        change({ widths: { ...state.widths, [field]: width } });
      },
      menu: (field, box) => setMenu({ field, box }),
    }),
    [],
  );

  const acts = useMemo<ColumnActs>(
    () => ({
      sort: (field, down, more) => {
        const { state, change } = latest.current;
        const others = more ? state.sort.filter((one) => one.field !== field) : [];
        change({ sort: [...others, { field, down }] });
      },
      unsort: (field) => {
        const { state, change } = latest.current;
        change({ sort: state.sort.filter((one) => one.field !== field) });
      },
      group: (field) => {
        const { state, change } = latest.current;
        if (!state.by.includes(field)) change({ by: [...state.by, field], open: [] });
      },
      filter: (field) => latest.current.begin(`${field} `),
      stat: (field, stat) => {
        const { state, change, columns, usualOnes } = latest.current;
        change(replace(state, columns, field, withStat(field, stat), usualOnes));
      },
      keep: (field) => latest.current.change(keep(latest.current.state, latest.current.columns, field)),
      shift: (field, by) => {
        const { state, change, columns } = latest.current;
        const to = Math.min(columns.length - 1, Math.max(0, columns.indexOf(field) + by));
        change(move(state, columns, field, to));
      },
      hide: (field) => latest.current.change(hide(latest.current.state, latest.current.columns, field)),
    }),
    [],
  );

  const panel = useMemo<ColumnsActs>(
    () => ({
      show: (field, on) => panelShow(latest.current, [field], on),
      showAll: (fields, on) => panelShow(latest.current, fields, on),
      move: (field, to) => {
        const { state, change, columns } = latest.current;
        change(move(state, columns, field, to));
      },
      keep: acts.keep,
      reset: () => latest.current.change({ columns: [REST], off: [], widths: {}, keep: 0 }),
    }),
    [acts],
  );
  return { head, acts, panel, menu, closeMenu };
}

/** Shows or hides columns. Where most of the usual are hidden, those that are left are named instead. */
function panelShow(
  { state, change, columns, usualOnes }: Asked,
  fields: readonly string[],
  on: boolean,
): void {
  if (!on && fields.length > 8 && fields.length > columns.length / 2) {
    const gone = new Set(fields);
    const left = columns.filter((field) => !gone.has(field));
    change({
      columns: left.length > 0 ? left : ["start_time"],
      off: [],
      keep: Math.min(state.keep, left.length),
    });
    return;
  }
  let next: Pick<RunsState, "columns" | "off" | "keep"> = state;
  for (const field of fields) next = on ? show(next, usualOnes, field) : hide(next, columns, field);
  change({ columns: next.columns, off: next.off, keep: next.keep });
}

/** The way that is wanted first: the best metric, the latest time, the longest; texts from A. */
function firstWay(field: string): boolean {
  const { kind, key } = fieldOf(field);
  if (kind === "metrics") return !lowerIsBetter(key);
  return ["start_time", "end_time", "duration"].includes(field);
}
