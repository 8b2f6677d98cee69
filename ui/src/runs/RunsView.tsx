import { useQuery } from "@tanstack/react-query";
import { defaultParseSearch, defaultStringifySearch } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNews } from "../api/live";
import { Problem } from "../kit/Problem";
import { Skeleton } from "../kit/Skeleton";
import { Split } from "../kit/Split";
import { useSay } from "../kit/Toast";
import { useKeys } from "../kit/useKeys";
import { ColumnMenu } from "./ColumnMenu";
import { ColumnsPanel } from "./ColumnsPanel";
import { offered, shown, usual } from "./columns";
import { isMetric } from "./fields";
import { fieldsQuery, rememberColumns, type Scope } from "./first";
import { GroupPicker } from "./GroupPicker";
import { QueryBar, type QueryBarHandle } from "./QueryBar";
import { RenameDialog, TagDialog } from "./RunDialogs";
import { RunMenu } from "./RunMenu";
import { RunsHead } from "./RunsHead";
import { RunsTable } from "./RunsTable";
import { SelectionBar } from "./SelectionBar";
import { NoMatch, Start } from "./Start";
import { checkRunsSearch, type RunsSearch } from "./search";
import { sparks } from "./sparks";
import { useBulk } from "./useBulk";
import { useCalm } from "./useCalm";
import { useChartRuns } from "./useChartRuns";
import { useColumnActs } from "./useColumnActs";
import { useNarrow } from "./useNarrow";
import { useOwnView } from "./useOwnView";
import { useRowHeight } from "./useRowHeight";
import { useRuns } from "./useRuns";
import { useRunsState } from "./useRunsState";
import { useScopeNames } from "./useScopeNames";
import { useTableActs } from "./useTableActs";
import { ViewsMenu } from "./ViewsMenu";
import "./RunsView.css";

const ChartGrid = lazy(() => import("../chart/ChartGrid").then(({ ChartGrid }) => ({ default: ChartGrid })));
const LARGE = 200_000;

interface Props {
  scope: Scope;
  search: RunsSearch;
  setSearch: (next: RunsSearch, replace: boolean) => void;
}

/** Everything about the runs of a scope: one query that drives a table, charts, or both; all of it in the address. */
export function RunsView({ scope, search, setSearch }: Props) {
  const { t } = useTranslation();
  const [state, change] = useRunsState(search, setSearch);
  const rowHeight = useRowHeight();
  const narrow = useNarrow();
  const names = useScopeNames(scope);
  const fields = useQuery(fieldsQuery(scope, state.trash));
  const [seen, setSeen] = useState<string[]>([]);
  const metrics = useMemo(() => (state.by.length > 0 ? seen.filter(isMetric) : []), [seen, state.by]);
  const atTop = useRef(() => true);
  const runs = useRuns(
    scope,
    state,
    metrics,
    useCallback(() => atTop.current(), []),
  );
  const bulk = useBulk(runs);
  const bar = useRef<QueryBarHandle>(null);

  const usualOnes = useMemo(
    () => (fields.data ? usual(fields.data, names.several, narrow) : ["start_time", "duration"]),
    [fields.data, names.several, narrow],
  );
  const columns = useMemo(() => shown(state, usualOnes), [state, usualOnes]);
  const allColumns = useMemo(
    () => (fields.data ? offered(fields.data, names.several) : usualOnes),
    [fields.data, names.several, usualOnes],
  );
  const onSeen = useCallback(
    (some: string[]) => {
      setSeen((old) => (old.join("\n") === some.join("\n") ? old : some));
      if (fields.data) rememberColumns(scope.path, some);
    },
    [scope.path, fields.data],
  );
  const column = useColumnActs({
    state,
    change,
    columns,
    usualOnes,
    begin: (text) => bar.current?.begin(text),
  });
  const table = useTableActs({ runs, state, change, bulk, columns, columnActs: column });
  const charted = useChartRuns(runs, state, table.selection);

  const size = runs.list?.count ?? 0;
  const hear = useCalm(size > LARGE ? 3_000 : 350, runs.refetch);
  const { experiment_ids } = scope.where;
  useNews(experiment_ids ? { experiment_ids } : {}, (news) => {
    sparks.refresh(news.run_ids);
    hear();
  });

  const address = defaultStringifySearch(search);
  const openView = useCallback(
    (text: string) => setSearch(checkRunsSearch(defaultParseSearch(text)), false),
    [setSearch],
  );
  const [own, setOwn] = useOwnView(scope.path, address, openView);
  const say = useSay();
  useKeys(t("runs.title"), [
    { keys: "/", label: t("runs.query"), run: () => bar.current?.focus() },
    { keys: "1", label: t("runs.asTable"), run: () => change({ show: "table" }) },
    { keys: "2", label: t("runs.asBoth"), run: () => change({ show: "both" }) },
    { keys: "3", label: t("runs.asCharts"), run: () => change({ show: "charts" }) },
    { keys: "c", label: t("runs.compare"), run: () => table.bulk.compare() },
  ]);
  useKeys(t("runs.inTable"), [
    { keys: " ", label: t("runs.keySelect") },
    { keys: "Mod+a", label: t("runs.selectAll") },
    { keys: "Enter", label: t("runs.open") },
    { keys: "ArrowRight", label: t("runs.unfold") },
    { keys: "ArrowLeft", label: t("runs.fold") },
    { keys: "p", label: t("runs.pin") },
    { keys: "b", label: t("runs.asBaseline") },
    { keys: "e", label: t("runs.eyeOff") },
    { keys: "r", label: t("runs.rename") },
    { keys: "t", label: t("runs.setTag") },
    { keys: "m", label: t("runs.keyMenu") },
    { keys: "Delete", label: t("runs.delete") },
  ]);

  const nothing = !runs.loading && !runs.late && runs.lines.count === runs.pinned && !runs.list?.more;
  const failed = names.problem ?? (runs.list === null ? runs.problem : null);
  const body = failed ? (
    <Problem error={failed} retry={runs.refetch} />
  ) : nothing ? (
    state.query ? (
      <NoMatch clear={() => change({ query: "" })} />
    ) : (
      <Start experiment={names.names.get(experiment_ids?.[0] ?? "") ?? ""} />
    )
  ) : (
    <RunsTable
      runs={runs}
      columns={columns}
      state={state}
      selection={table.selection}
      rowHeight={rowHeight}
      acts={table.acts}
      onSeen={onSeen}
      atTop={atTop}
      experiments={names.names}
      label={t("runs.title")}
      narrow={narrow}
    />
  );
  const charts = (
    <Suspense fallback={<Skeleton lines={6} />}>
      <ChartGrid
        where={runs.where}
        orderBy={runs.order}
        runs={charted}
        hidden={table.hidden}
        state={state.charts}
        setState={(next: unknown) => change({ charts: next })}
        onFilter={table.narrow}
      />
    </Suspense>
  );
  const { run, dialog } = table;
  return (
    <section className="runs" aria-label={t("runs.title")}>
      <RunsHead
        scope={scope}
        names={names}
        state={state}
        change={change}
        size={
          runs.list && {
            runs: size,
            more: runs.list.more,
            groups: state.by.length > 0 ? runs.groups.total : null,
          }
        }
        fresh={runs.fresh}
        renew={runs.renew}
        save={(format) => void bulk.save({ all: true, but: new Set() }, columns, format)}
        views={<ViewsMenu scope={scope.path} state={address} own={own} open={openView} setOwn={setOwn} />}
      />
      <div className="runs-tools">
        <QueryBar
          ref={bar}
          query={state.query}
          where={runs.where}
          fields={fields.data}
          ask={(query, live) => query !== state.query && change({ query, open: [] }, live)}
        />
        <GroupPicker by={state.by} fields={fields.data} set={(by) => change({ by, open: [] })} />
        <ColumnsPanel shown={columns} offered={allColumns} kept={state.keep} acts={column.panel} />
      </div>
      {state.show === "both" && !narrow ? (
        <Split
          label={t("runs.split")}
          share={state.share}
          setShare={(share) => change({ share }, true)}
          start={body}
          end={charts}
        />
      ) : state.show !== "charts" ? (
        body
      ) : (
        charts
      )}
      {table.size > 0 && (
        <SelectionBar size={table.size} busy={bulk.busy} deleted={state.trash !== "none"} acts={table.bulk} />
      )}
      <ColumnMenu
        field={column.menu?.field ?? "run_name"}
        box={column.menu?.box ?? null}
        close={column.closeMenu}
        sort={state.sort}
        kept={
          columns.indexOf(column.menu?.field ?? "") < state.keep && columns.includes(column.menu?.field ?? "")
        }
        acts={column.acts}
      />
      {run && (
        <RunMenu
          run={run.row}
          box={run.box}
          close={table.closeMenu}
          pinned={state.pins.includes(run.row.run_id)}
          isBase={state.base === run.row.run_id}
          unseen={state.eye.includes(run.row.run_id)}
          filter={run.filter}
          act={table.onRun}
          tint={table.tint}
          narrow={table.narrow}
        />
      )}
      {dialog?.kind === "rename" && (
        <RenameDialog
          size={dialog.size}
          initial={dialog.initial}
          close={table.closeDialog}
          rename={(name) => void dialog.ids().then((ids) => bulk.rename(ids, name), say.failed)}
        />
      )}
      {dialog?.kind === "tag" && (
        <TagDialog
          size={dialog.size}
          keys={fields.data?.tags ?? []}
          close={table.closeDialog}
          tag={(key, value) => void dialog.ids().then((ids) => bulk.tag(ids, key, value), say.failed)}
        />
      )}
    </section>
  );
}
