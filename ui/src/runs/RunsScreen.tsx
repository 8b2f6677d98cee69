import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { scopeOf } from "./first";
import { RunsView } from "./RunsView";
import type { RunsSearch } from "./search";

/** Runs of one experiment, or of several. */
export function RunsScreen() {
  const { ids } = useParams({ from: "/experiments/$ids" });
  const search = useSearch({ from: "/experiments/$ids" });
  const navigate = useNavigate({ from: "/experiments/$ids" });
  const scope = useMemo(() => scopeOf({ ids }), [ids]);
  const setSearch = useCallback(
    (next: RunsSearch, replace: boolean) => void navigate({ search: next, replace, resetScroll: false }),
    [navigate],
  );
  return <RunsView key={scope.path} scope={scope} search={search} setSearch={setSearch} />;
}
