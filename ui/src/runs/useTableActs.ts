import { useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo, useRef, useState } from "react";
import type { RunRow } from "../api/types.gen";
import { useSay } from "../kit/Toast";
import { fieldOf, valueText } from "./fields";
import type { Act } from "./keys";
import type { TableActs } from "./RunsTable";
import type { BulkActs } from "./SelectionBar";
import type { RunsState } from "./search";
import { ALL, has, NONE, put, type Selection, sizeOf, toggle } from "./select";
import type { Bulk } from "./useBulk";
import type { useColumnActs } from "./useColumnActs";
import type { Runs } from "./useRuns";
import type { Change } from "./useRunsState";

interface Asked {
  runs: Runs;
  state: RunsState;
  change: Change;
  bulk: Bulk;
  /** The columns that are shown. */
  columns: string[];
  columnActs: ReturnType<typeof useColumnActs>;
}

interface OpenDialog {
  kind: "rename" | "tag";
  size: number;
  initial: string;
  ids: () => Promise<string[]>;
}

const RANGE_AT_MOST = 100_000;
const COMPARED_AT_MOST = 100;

/** What clicks and keys on rows do: select, open, pin, hide, make the baseline, change. */
export function useTableActs(asked: Asked) {
  const latest = useRef(asked);
  latest.current = asked;
  const navigate = useNavigate();
  const say = useSay();
  const [selection, setSelection] = useState<Selection>(NONE);
  const chosen = useRef(selection);
  chosen.current = selection;
  const from = useRef(0);
  const [run, setRun] = useState<{ row: RunRow; line: number; box: DOMRect; filter: string | null } | null>(
    null,
  );
  const [dialog, setDialog] = useState<OpenDialog | null>(null);

  const runAt = (line: number) => {
    const { lines, rows } = latest.current.runs;
    const what = lines.at(line);
    return what?.kind === "run" ? rows.get(what.list.at(what.place)) : undefined;
  };
  const idAt = (line: number) => {
    const what = latest.current.runs.lines.at(line);
    return what?.kind === "run" ? what.list.at(what.place) : undefined;
  };
  const toggled = (list: readonly string[], item: string) =>
    list.includes(item) ? list.filter((one) => one !== item) : [...list, item];

  const select = (next: Selection) => {
    chosen.current = next;
    setSelection(next);
  };
  const compare = async (more?: string) => {
    const ids = await latest.current.bulk.idsOf(chosen.current, COMPARED_AT_MOST);
    const runIds = [...new Set(more ? [...ids, more] : ids)].slice(0, COMPARED_AT_MOST);
    if (runIds.length > 0) void navigate({ to: "/compare", search: { runs: runIds } });
  };
  /** By keys, what is selected is meant; from a run's own menu only if that run is among it. */
  const meant = ({ id }: RunRow, byKey: boolean) => {
    const selected = has(chosen.current, id) || (byKey && isAny(chosen.current));
    return selected ? chosen.current : put(NONE, [id], true);
  };

  const onRow = (act: Act, row: RunRow, byKey: boolean) => {
    const { state, change, bulk } = latest.current;
    const id = row.run_id;
    switch (act) {
      case "go":
        return void navigate({ to: "/runs/$runId", params: { runId: id } });
      case "unfold":
        return row.children > 0 ? change({ open: toggled(state.open, id) }) : undefined;
      case "eye":
        return change({ eye: toggled(state.eye, id) });
      case "pin":
        return change({ pins: toggled(state.pins, id) });
      case "base":
        return change({ base: state.base === id ? "" : id });
      case "compare":
        return void compare(byKey && isAny(chosen.current) ? undefined : id).catch(say.failed);
      case "delete": {
        const runs = meant(row, byKey);
        const work = row.lifecycle_stage === "deleted" ? bulk.restore : bulk.remove;
        return void bulk
          .idsOf(runs)
          .then(work)
          .then(() => select(NONE), say.failed);
      }
      case "rename":
      case "tag": {
        const runs = meant(row, byKey);
        const size = runs.all ? sizeOf(runs, latest.current.runs.list?.count ?? 0) : runs.ids.size;
        return setDialog({
          kind: act,
          size,
          initial: size === 1 ? row.name : "",
          ids: () => bulk.idsOf(runs),
        });
      }
      default:
        return undefined;
    }
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: everything is read from `latest`, so that rows need not be drawn anew
  const acts = useMemo<TableActs>(
    () => ({
      head: asked.columnActs.head,
      act: (act, line, field, box) => {
        const { lines } = latest.current.runs;
        const { state, change } = latest.current;
        if (act === "clear") return select(NONE);
        const what = lines.at(line);
        if (what?.kind === "group") {
          if (act === "go" || act === "unfold") change({ open: toggled(state.open, what.key) });
          return;
        }
        const known = runAt(line);
        if (!known) return;
        if (act === "menu")
          return setRun({ row: known.run, line, box: box ?? new DOMRect(), filter: filterFor(field, known) });
        onRow(act, known.run, true);
      },
      pick: (line, how) => {
        const id = idAt(line);
        if (id === undefined) return;
        if (how === "range") {
          const [first, last] = [Math.min(from.current, line), Math.max(from.current, line)];
          const ids: number[] = [];
          for (let at = first; at <= last && ids.length < RANGE_AT_MOST; at += 1) {
            const one = idAt(at);
            if (one !== undefined) ids.push(one);
          }
          return select(put(chosen.current, ids, true));
        }
        from.current = line;
        if (how === "add") return select(toggle(chosen.current, id));
        const only = !chosen.current.all && chosen.current.ids.size === 1 && has(chosen.current, id);
        select(only ? NONE : put(NONE, [id], true));
      },
      pickAll: () => select(chosen.current.all ? NONE : ALL),
    }),
    [asked.columnActs.head],
  );

  const bulkActs: BulkActs = {
    compare: () => void compare().catch(say.failed),
    tag: () => openFor("tag"),
    rename: () => openFor("rename"),
    pin: () =>
      void asked.bulk
        .idsOf(chosen.current)
        .then((ids) => asked.change({ pins: [...new Set([...asked.state.pins, ...ids])] }), say.failed),
    remove: () =>
      void asked.bulk
        .idsOf(chosen.current)
        .then(asked.bulk.remove)
        .then(() => select(NONE), say.failed),
    restore: () =>
      void asked.bulk
        .idsOf(chosen.current)
        .then(asked.bulk.restore)
        .then(() => select(NONE), say.failed),
    save: (format) => void asked.bulk.save(chosen.current, asked.columns, format),
    clear: () => select(NONE),
  };
  const size = sizeOf(selection, asked.runs.list?.count ?? 0);
  const openFor = (kind: "tag" | "rename") => {
    const now = chosen.current;
    setDialog({ kind, size, initial: "", ids: () => asked.bulk.idsOf(now) });
  };
  const hidden = useMemo(() => new Set(asked.state.eye), [asked.state.eye]);
  const narrowed = useRef("");
  /** Joins a filter to the query; the one that a chart joined before is replaced. */
  const narrow = useCallback((filter: string) => {
    const { state, change } = latest.current;
    const before = narrowed.current;
    const rest =
      before && state.query.endsWith(before)
        ? state.query.slice(0, -before.length).replace(/ AND $/, "")
        : state.query;
    narrowed.current = filter;
    const joined =
      rest && filter ? `${/\bOR\b/i.test(rest) ? `(${rest})` : rest} AND ${filter}` : rest || filter;
    change({ query: joined, open: [] });
  }, []);
  return {
    selection,
    size,
    hidden,
    acts,
    bulk: bulkActs,
    run,
    closeMenu: useCallback(() => setRun(null), []),
    onRun: (act: Act) => run && onRow(act, run.row, false),
    tint: (colour: number | null) => {
      if (!run) return;
      const { [run.row.run_id]: _own, ...others } = asked.state.tints;
      asked.change({ tints: colour === null ? others : { ...others, [run.row.run_id]: colour } });
    },
    narrow,
    dialog,
    closeDialog: useCallback(() => setDialog(null), []),
  };
}

/** A filter that finds runs with what this cell says: texts only, as numbers are rarely met again. */
function filterFor(field: string | null, known: NonNullable<ReturnType<Runs["rows"]["get"]>>): string | null {
  if (!field) return null;
  const { kind } = fieldOf(field);
  const value =
    kind === "params" || kind === "tags"
      ? known.cells.get(field)
      : field === "status"
        ? known.run.status
        : field === "user_id"
          ? known.run.user_id
          : null;
  const text = typeof value === "string" && value.length < 200 ? valueText(value) : null;
  return text && `${field} = ${text}`;
}

function isAny(selection: Selection): boolean {
  return selection.all || selection.ids.size > 0;
}
