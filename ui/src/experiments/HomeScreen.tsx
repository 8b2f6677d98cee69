import { useNavigate, useSearch } from "@tanstack/react-router";
import { FolderPlus } from "lucide-react";
import { useDeferredValue, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useExperiments, useLiveExperiments } from "../api/experiments";
import { Button } from "../kit/Button";
import { Empty } from "../kit/Empty";
import { Field } from "../kit/Field";
import { count } from "../kit/format";
import { Problem } from "../kit/Problem";
import { Select } from "../kit/Select";
import { Skeleton } from "../kit/Skeleton";
import { useKeys } from "../kit/useKeys";
import { useTitle } from "../kit/useTitle";
import { useKept } from "../state/kept";
import { Change, type Changing } from "./Change";
import { Chosen } from "./Chosen";
import { Favourites } from "./Favourites";
import { FirstRun } from "./FirstRun";
import { foldersIn, grow, rowsOf, SORTS } from "./places";
import { RecentRuns } from "./RecentRuns";
import type { HomeSearch } from "./search";
import { Tree } from "./Tree";
import "./HomeScreen.css";

const FEW = 30; // so many experiments need no folding on the first visit

/** All experiments as a tree of folders, and what ran last. */
export function HomeScreen() {
  const { t } = useTranslation();
  const { q = "", sort = "name" } = useSearch({ from: "/" });
  const go = useNavigate({ from: "/" });
  const search = (change: Partial<HomeSearch>) =>
    go({ search: (old) => ({ ...old, ...change }), replace: true });
  const experiments = useExperiments();
  useLiveExperiments(experiments.data?.length ?? 0);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [changing, setChanging] = useState<Changing | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const text = useDeferredValue(q);
  const top = useMemo(() => grow(experiments.data ?? []), [experiments.data]);
  const [open, setOpen] = useKept(
    "folders",
    useMemo(() => (top.experiments > FEW ? [] : foldersIn(top)), [top]),
  );
  const rows = useMemo(() => rowsOf(top, new Set(open), sort, text), [top, open, sort, text]);
  useTitle();
  useKeys(t("experiments.title"), [
    { keys: "/", label: t("experiments.search"), run: () => field.current?.select() },
    { keys: "n", label: t("experiments.new"), run: () => setChanging({ do: "create", folder: "" }) },
  ]);

  if (experiments.error && !experiments.data)
    return <Problem error={experiments.error} retry={() => experiments.refetch()} />;
  const all = experiments.data;
  const nothing = all !== undefined && top.runs === 0 && all.length <= 1;
  return (
    <div className={`home page ${nothing ? "first" : ""}`}>
      <div className="home-tree">
        <header className="home-head">
          <h1>{t("experiments.title")}</h1>
          {all && (
            <p className="quiet">
              {t("experiments.total", { count: all.length, shown: count(all.length) })}
              {top.runs > 0 && ` · ${t("experiments.runs", { count: top.runs, shown: count(top.runs) })}`}
            </p>
          )}
        </header>
        <div className="home-tools">
          <Field
            ref={field}
            bare
            type="search"
            label={t("experiments.search")}
            placeholder={t("experiments.search")}
            value={q}
            onChange={(event) => search({ q: event.target.value || undefined } as Partial<HomeSearch>)}
          />
          <Select
            bare
            label={t("experiments.order")}
            value={sort}
            options={SORTS.map((value) => ({ value, label: t(`experiments.orders.${value}`) }))}
            choose={(sort) => search({ sort })}
          />
          <Button icon={<FolderPlus />} onClick={() => setChanging({ do: "create", folder: "" })}>
            {t("experiments.new")}
          </Button>
        </div>
        {nothing && <FirstRun />}
        {!all ? (
          <Skeleton lines={8} />
        ) : rows.length === 0 && all.length > 0 ? (
          <Empty title={t("experiments.none")}>
            <p>{t("experiments.noneHint", { text: q })}</p>
          </Empty>
        ) : (
          !nothing && (
            <>
              {q === "" && <Favourites top={top} />}
              <Tree
                rows={rows}
                setOpen={setOpen}
                chosen={chosen}
                setChosen={setChosen}
                change={setChanging}
              />
            </>
          )
        )}
      </div>
      {!nothing && <RecentRuns experiments={all ?? []} />}
      <Chosen ids={chosen} clear={() => setChosen(new Set())} change={setChanging} />
      <Change change={changing} close={() => setChanging(null)} />
    </div>
  );
}
