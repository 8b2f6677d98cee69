import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { GitCompareArrows } from "lucide-react";
import { lazy, type ReactNode, Suspense, useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useNews } from "../api/live";
import { useWholeRuns } from "../api/run";
import type { Run } from "../api/types.gen";
import { coloursOf } from "../chart/colours";
import { checkOptions, keptOptions } from "../chart/curveOptions";
import { Button } from "../kit/Button";
import { Empty } from "../kit/Empty";
import { Problem } from "../kit/Problem";
import { Skeleton } from "../kit/Skeleton";
import { Tabs } from "../kit/Tabs";
import { AddRuns } from "./AddRuns";
import { CompareLines } from "./CompareLines";
import { type CompareSearch, VIEWS, type View } from "./search";
import "./CompareScreen.css";

const Overlaid = lazy(() => import("./Overlaid").then((all) => ({ default: all.Overlaid })));
const Evaluations = lazy(() =>
  import("../reports/Evaluations").then((all) => ({ default: all.Evaluations })),
);
const SourceDiff = lazy(() => import("./SourceDiff").then((all) => ({ default: all.SourceDiff })));
const Pictures = lazy(() => import("./Pictures").then((all) => ({ default: all.Pictures })));

/** Columns beyond these nobody can read side by side. */
export const MOST = 50;

export interface Compared {
  run: Run;
  run_id: string;
  label: string;
  colour: string;
}

/** Runs beside each other: what they share, in what they differ, and what that did. */
export function CompareScreen() {
  const { t } = useTranslation();
  const search = useSearch({ from: "/compare" });
  const navigate = useNavigate({ from: "/compare" });
  const go = useCallback(
    (change: { [Key in keyof CompareSearch]?: CompareSearch[Key] | undefined }, replace = true) =>
      void navigate({ search: (before) => clean({ ...before, ...change }), replace }),
    [navigate],
  );
  const ids = useMemo(() => search.runs.slice(0, MOST), [search.runs]);
  const queries = useQueryClient();
  useNews({ run_ids: ids }, () => void queries.invalidateQueries({ queryKey: ["runs", "whole"] }));
  const whole = useWholeRuns(ids);
  const compared = useMemo(() => inOrder(ids, whole.data ?? []), [ids, whole.data]);
  const gone =
    whole.data && !whole.isPlaceholderData
      ? ids.filter((id) => !compared.some(({ run_id }) => run_id === id))
      : [];
  const view = search.view ?? "table";
  const add = (id: string) => go({ runs: [...search.runs, id].slice(0, MOST) });
  const remove = (id: string) => go({ runs: search.runs.filter((one) => one !== id) });
  const head = (
    <header className="compare-head">
      <h1>{t("compare.heading", { count: compared.length })}</h1>
      <AddRuns runs={compared.map(({ run }) => run)} chosen={search.runs} add={add} remove={remove} />
    </header>
  );
  if (ids.length === 0)
    return (
      <div className="compare">
        {head}
        <Empty icon={<GitCompareArrows />} title={t("compare.none")}>
          {t("compare.noneHint")}
        </Empty>
      </div>
    );
  if (whole.isError && !whole.data) return <Problem error={whole.error} retry={() => whole.refetch()} />;
  if (!whole.data)
    return (
      <div className="compare">
        {head}
        <Skeleton lines={12} />
      </div>
    );
  const contents: Record<View, ReactNode> = {
    table: <CompareLines compared={compared} search={search} go={go} />,
    curves: (
      <Overlaid
        compared={compared}
        find={search.find ?? ""}
        setFind={(find) => go({ find })}
        options={checkOptions(search.curves)}
        setOptions={(options) => go({ curves: keptOptions(options) })}
      />
    ),
    evaluation: <Evaluations runs={compared} />,
    source: <SourceDiff compared={compared} search={search} go={go} />,
    pictures: <Pictures compared={compared} search={search} go={go} />,
  };
  return (
    <div className="compare">
      {head}
      {gone.length > 0 && (
        <p className="compare-note" role="status">
          {t("compare.gone", { count: gone.length, ids: gone.join(", ") })}
          <Button look="plain" onClick={() => go({ runs: ids.filter((id) => !gone.includes(id)) })}>
            {t("compare.dropGone")}
          </Button>
        </p>
      )}
      {search.runs.length > MOST && (
        <p className="compare-note" role="status">
          {t("compare.tooMany", { most: MOST, count: search.runs.length })}
        </p>
      )}
      {compared.length === 0 ? (
        <Empty icon={<GitCompareArrows />} title={t("compare.none")}>
          {t("compare.noneHint")}
        </Empty>
      ) : (
        <Tabs
          label={t("compare.parts")}
          value={view}
          choose={(id) => go({ view: id as View }, false)}
          tabs={VIEWS.map((id) => ({
            id,
            label: t(`compare.views.${id}`),
            content: <Suspense fallback={<Skeleton lines={8} />}>{id === view && contents[id]}</Suspense>,
          }))}
        />
      )}
    </div>
  );
}

/** Runs in the order of the address, with colours that differ as far as there are enough. */
function inOrder(ids: readonly string[], runs: readonly Run[]): Compared[] {
  const known = new Map(runs.map((run) => [run.info.run_id, run]));
  const colours = coloursOf(ids);
  return ids.flatMap((id) => {
    const run = known.get(id);
    return run ? [{ run, run_id: id, label: run.info.run_name, colour: colours.get(id) ?? "" }] : [];
  });
}

/** What stands at its default leaves the address. */
function clean(search: Partial<Record<keyof CompareSearch, unknown>>): CompareSearch {
  const kept = Object.entries(search).filter(
    ([key, value]) =>
      key === "runs" ||
      (value !== undefined &&
        value !== "" &&
        value !== false &&
        !(Array.isArray(value) && value.length === 0)),
  );
  return Object.fromEntries(kept) as unknown as CompareSearch;
}
