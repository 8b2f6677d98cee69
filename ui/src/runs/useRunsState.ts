import { useCallback, useMemo, useRef } from "react";
import { type RunsSearch, type RunsState, searchOf, stateOf } from "./search";

/** Changes a part of the screen's state. `live`: while something is typed or dragged; many such are one step back. */
export type Change = (patch: Partial<RunsState>, live?: boolean) => void;

/** The state that the address holds, and its changes: each is a step that the browser's back takes back. */
export function useRunsState(
  search: RunsSearch,
  setSearch: (next: RunsSearch, replace: boolean) => void,
): [RunsState, Change] {
  const state = useMemo(() => stateOf(search), [search]);
  const latest = useRef(state);
  latest.current = state;
  const lastWasLive = useRef(false);
  const change = useCallback<Change>(
    (patch, live = false) => {
      latest.current = { ...latest.current, ...patch };
      setSearch(searchOf(latest.current), live && lastWasLive.current);
      lastWasLive.current = live;
    },
    [setSearch],
  );
  return [state, change];
}
