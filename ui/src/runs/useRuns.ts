/** The runs of a table: their lists, their rows, what stands on which line. Fetches; draws nothing. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useReducer, useRef, useState } from "react";
import { countOf, orderOf, rowsOf } from "../api/runs";
import type { Where } from "../api/types.gen";
import { asFilter } from "./fields";
import { checkQuery, firstPage, type Scope, whereOf } from "./first";
import { grouped, keyOf, Lines, tree } from "./lines";
import { type ListSource, RunList } from "./list";
import { RowStore } from "./rows";
import { orderBy, type RunsState } from "./search";
import { useGroups } from "./useGroups";
import { usePinned } from "./usePinned";

export interface Runs {
  where: Where;
  order: string[];
  list: RunList | null;
  lines: Lines;
  /** How many lines stand above all others: the pinned. */
  pinned: number;
  rows: RowStore;
  /** Tells that rows or lists have changed in place. */
  version: number;
  groups: ReturnType<typeof useGroups>;
  problem: unknown;
  loading: boolean;
  /** Rows of an older question are shown until the new ones come. */
  late: boolean;
  /** Runs have come since the list was made, which it does not show yet. */
  fresh: boolean;
  renew: () => void;
  refetch: () => void;
}

const SOURCE: ListSource = { order: orderOf, count: countOf };

export function useRuns(scope: Scope, state: RunsState, metrics: string[], atTop: () => boolean): Runs {
  const [version, tick] = useReducer((n: number) => n + 1, 0);
  const [rows] = useState(() => new RowStore(rowsOf, tick));
  const where = useMemo(() => whereOf(scope, state), [scope, state]);
  const order = useMemo(() => orderBy(state.sort), [state.sort]);
  const first = useQuery({ ...firstPage(scope, state), placeholderData: keepPreviousData });
  const [list, setList] = useState<RunList | null>(null);
  const [fresh, setFresh] = useState(false);
  const made = useRef("");

  // A new question makes a new list; news of the same one replace it only where nobody is reading further down.
  useEffect(() => {
    const page = first.data;
    if (!page || first.isPlaceholderData) return;
    const ids = page.rows.map(({ id }) => id);
    const asked = JSON.stringify([where, order]);
    const same = made.current === asked;
    rows.put(page.rows, page.columns);
    setList((old) => {
      const unchanged = old && same && ids.every((id, at) => old.at(at) === id);
      if (unchanged && old.length >= ids.length) return old;
      if (old && same && !atTop()) {
        setFresh(true);
        return old;
      }
      old?.close();
      setFresh(false);
      const next = new RunList(where, order, SOURCE, tick);
      next.seed(ids, page.next === undefined);
      return next;
    });
    made.current = asked;
  }, [first.data, first.isPlaceholderData, where, order, rows, atTop]);
  useEffect(() => () => rows.close(), [rows]);

  const pinned = usePinned(scope, state, rows, tick);
  const groups = useGroups(where, state, metrics);
  const open = useOpen(scope, state, where, groups.groups, order, rows, tick);
  const isGrouped = state.by.length > 0;
  const lines = useLines(list, pinned, isGrouped ? groups.groups : null, open);
  const renew = () => {
    made.current = "";
    setFresh(false);
    void first.refetch();
  };
  return {
    where,
    order,
    list,
    lines,
    pinned: pinned?.count ?? 0,
    rows,
    version,
    groups,
    problem: (isGrouped ? groups.problem : null) ?? first.error ?? list?.problem ?? rows.problem,
    loading: first.isPending || (list === null && first.isFetching) || (isGrouped && groups.loading),
    late: first.isPlaceholderData || groups.late,
    fresh,
    renew,
    refetch: () => {
      void first.refetch();
      groups.refetch();
      rows.refresh();
    },
  };
}

function useLines(
  list: RunList | null,
  pinned: RunList | null,
  groups: ReturnType<typeof useGroups>["groups"] | null,
  open: Open,
): Lines {
  // Lists grow in place, so their lengths belong to what lines are made of.
  const sizes = [list, pinned, ...open.parents.values(), ...open.groups.values()].map(
    (one) => one?.count ?? 0,
  );
  const found = [...open.parents.keys()].map((id) => list?.placeOf(id) ?? -1);
  const key = `${sizes.join()} ${found.join()}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for what the lists hold
  return useMemo(() => {
    const top = pinned ? tree(pinned, new Map(), 0, true) : [];
    if (groups) return new Lines([...top, ...grouped(groups, open.groups)]);
    return new Lines([...top, ...(list ? tree(list, open.parents) : [])]);
  }, [list, pinned, groups, open, key]);
}

interface Open {
  parents: ReadonlyMap<number, RunList>;
  groups: ReadonlyMap<string, RunList>;
}

/** Lists of what is open: the children of runs, the runs of groups. A list is kept while its question stays the same. */
function useOpen(
  scope: Scope,
  state: RunsState,
  where: Where,
  groups: ReturnType<typeof useGroups>["groups"],
  order: string[],
  rows: RowStore,
  tick: () => void,
): Open {
  const kept = useRef(new Map<string, RunList>());
  const opened = useRef<Open>({ parents: new Map(), groups: new Map() });
  const parents = new Map<number, RunList>();
  const members = new Map<string, RunList>();
  const used = new Set<string>();
  const kind = useQuery({ ...checkQuery(where.query ?? ""), enabled: state.by.length > 0 && !!where.query })
    .data?.kind;
  const listFor = (asked: Where, total: number) => {
    const key = JSON.stringify([asked, order]);
    used.add(key);
    let list = kept.current.get(key);
    if (!list) {
      list = new RunList(asked, order, SOURCE, tick, total);
      kept.current.set(key, list);
    }
    return list;
  };
  if (state.by.length > 0) {
    for (const group of groups) {
      const key = keyOf(group);
      if (!state.open.includes(key)) continue;
      const query = where.query ? `(${asFilter(where.query, kind)}) AND ${group.query}` : group.query;
      members.set(key, listFor({ ...where, query }, group.count));
    }
  } else if (where.roots) {
    for (const runId of state.open) {
      const parent = rows.byRunId(runId);
      if (!parent) continue;
      const view = where.view ?? "ACTIVE_ONLY";
      parents.set(parent.run.id, listFor({ ...scope.where, view, parent: runId }, parent.run.children));
    }
  }
  useEffect(() => {
    for (const [key, list] of kept.current)
      if (!used.has(key)) {
        list.close();
        kept.current.delete(key);
      }
  });
  const before = opened.current;
  if (!sameLists(before.parents, parents) || !sameLists(before.groups, members))
    opened.current = { parents, groups: members };
  return opened.current;
}

function sameLists<Key>(one: ReadonlyMap<Key, RunList>, other: ReadonlyMap<Key, RunList>): boolean {
  return one.size === other.size && [...one].every(([key, list]) => other.get(key) === list);
}
