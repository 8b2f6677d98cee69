import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { SearchX } from "lucide-react";
import { lazy, type ReactNode, Suspense, useCallback } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../api/call";
import { useNews } from "../api/live";
import { useAround, useRun } from "../api/run";
import type { Around, Run } from "../api/types.gen";
import { Artifacts } from "../artifacts/Artifacts";
import { checkOptions, keptOptions } from "../chart/curveOptions";
import type { CurveOptions } from "../chart/shown";
import { Empty } from "../kit/Empty";
import { Problem } from "../kit/Problem";
import { Skeleton } from "../kit/Skeleton";
import { Tabs } from "../kit/Tabs";
import { Overview } from "./Overview";
import { RunHead } from "./RunHead";
import { modelsOf } from "./runTags";
import { type RunSearch, TABS, type Tab } from "./search";
import "./RunScreen.css";

const Curves = lazy(() => import("./Curves").then((all) => ({ default: all.Curves })));
const Evaluation = lazy(() => import("./Evaluation").then((all) => ({ default: all.Evaluation })));
const Model = lazy(() => import("./model/Model").then((all) => ({ default: all.Model })));
const Source = lazy(() => import("./source/Source").then((all) => ({ default: all.Source })));
const Datasets = lazy(() => import("./Datasets").then((all) => ({ default: all.Datasets })));
const Children = lazy(() => import("./Children").then((all) => ({ default: all.Children })));
const Console = lazy(() => import("./Console").then((all) => ({ default: all.Console })));

export function RunScreen() {
  const { runId } = useParams({ from: "/runs/$runId" });
  const run = useRun(runId);
  const around = useAround(runId);
  const queries = useQueryClient();
  useNews({ run_ids: [runId] }, () => void queries.invalidateQueries({ queryKey: ["run", runId] }));
  if (run.isError && !run.data) return <Lost runId={runId} error={run.error} retry={() => run.refetch()} />;
  if (!run.data)
    return (
      <div className="run">
        <Skeleton lines={9} />
      </div>
    );
  return <Whole key={runId} run={run.data} around={around.data} />;
}

function Whole({ run, around }: { run: Run; around: Around | undefined }) {
  const { t } = useTranslation();
  const search = useSearch({ from: "/runs/$runId" });
  const navigate = useNavigate({ from: "/runs/$runId" });
  const tab = search.tab ?? "overview";
  const go = useCallback(
    (change: Partial<Record<Exclude<keyof RunSearch, "curves">, string>>, replace = true) =>
      void navigate({ search: (before) => ({ ...before, ...change }) as RunSearch, replace }),
    [navigate],
  );
  const setPath = useCallback((path: string) => go({ path }), [go]);
  const setCurves = (options: CurveOptions) =>
    void navigate({
      search: (before) => ({ ...before, curves: keptOptions(options) }) as RunSearch,
      replace: true,
    });
  const choose = (id: string) => go({ tab: id }, false);
  const models = modelsOf(run, around?.models ?? []);
  const metrics = run.data.metrics?.length ?? 0;
  const datasets = run.inputs?.dataset_inputs?.length ?? 0;

  const contents: Record<Tab, { content: ReactNode; count?: number }> = {
    overview: { content: <Overview run={run} around={around} models={models} go={go} /> },
    curves: {
      content: (
        <Curves
          run={run}
          find={search.find ?? ""}
          setFind={(find) => go({ find })}
          options={checkOptions(search.curves)}
          setOptions={setCurves}
        />
      ),
      count: metrics,
    },
    evaluation: { content: <Evaluation run={run} /> },
    artifacts: {
      content: <Artifacts where={{ run_id: run.info.run_id }} path={search.path ?? ""} setPath={setPath} />,
    },
    model: {
      content: (
        <Model run={run} models={models} chosen={search.model ?? ""} choose={(model) => go({ model })} />
      ),
      count: models.length,
    },
    source: { content: <Source run={run} /> },
    datasets: { content: <Datasets run={run} />, count: datasets },
    children: { content: <Children run={run} />, count: around?.children_count ?? 0 },
    console: { content: <Console run={run} /> },
  };
  const shown = TABS.filter((one) => one !== "children" || tab === one || contents.children.count);
  return (
    <div className="run">
      <RunHead run={run} experiment={around?.experiment ?? ""} />
      <Tabs
        label={t("run.parts")}
        value={tab}
        choose={choose}
        tabs={shown.map((id) => ({
          id,
          label: t(`run.tabs.${id}`),
          count: contents[id].count || undefined,
          content: (
            <Suspense fallback={<Skeleton lines={6} />}>{id === tab && contents[id].content}</Suspense>
          ),
        }))}
      />
    </div>
  );
}

function Lost({ runId, error, retry }: { runId: string; error: unknown; retry: () => void }) {
  const { t } = useTranslation();
  if (error instanceof ApiError && error.status === 404)
    return (
      <Empty icon={<SearchX />} title={t("run.lost")}>
        <p>{t("run.lostHint", { id: runId })}</p>
      </Empty>
    );
  return <Problem error={error} retry={retry} />;
}
