import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { scopeOf } from "./first";
import { RunsView } from "./RunsView";
import type { RunsSearch } from "./search";

/** Runs of every experiment below a folder. */
export function FolderScreen() {
  const { _splat = "" } = useParams({ from: "/folders/$" });
  const search = useSearch({ from: "/folders/$" });
  const navigate = useNavigate({ from: "/folders/$" });
  const scope = useMemo(() => scopeOf({ _splat }), [_splat]);
  const setSearch = useCallback(
    (next: RunsSearch, replace: boolean) => void navigate({ search: next, replace, resetScroll: false }),
    [navigate],
  );
  return <RunsView key={scope.path} scope={scope} search={search} setSearch={setSearch} />;
}
