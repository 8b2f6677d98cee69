import { useNavigate, useSearch } from "@tanstack/react-router";
import { GitCompareArrows } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Run, Version } from "../api/types.gen";
import { Button } from "../kit/Button";
import { Empty } from "../kit/Empty";
import { Skeleton } from "../kit/Skeleton";
import { useKeys } from "../kit/useKeys";
import { entriesOf, metricsOf, ordered, shownMetrics } from "./entries";
import { Leaderboard } from "./Leaderboard";
import { MetricChooser } from "./MetricChooser";
import { Timeline } from "./Timeline";
import { usePromotion } from "./usePromotion";

interface Props {
  name: string;
  versions: readonly Version[];
  runs: ReadonlyMap<string, Run>;
  waiting: boolean;
}

/** Versions over time, and beside each other with the metrics of their runs. */
export function Versions({ name, versions, runs, waiting }: Props) {
  const { t } = useTranslation();
  const { metrics: chosen, sort = "-version" } = useSearch({ from: "/models/$name" });
  const go = useNavigate();
  const here = useNavigate({ from: "/models/$name" });
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const { promote, dialog } = usePromotion(name, versions);
  const entries = useMemo(() => entriesOf(versions, runs), [versions, runs]);
  const all = useMemo(() => metricsOf(entries), [entries]);
  const shown = shownMetrics(chosen, all);
  const rows = useMemo(() => ordered(entries, sort), [entries, sort]);
  const compared = [
    ...new Set(
      rows.filter(({ version }) => picked.has(version.version)).map(({ version }) => version.run_id),
    ),
  ].filter((id) => runs.has(id));
  const compare = () => compared.length > 1 && go({ to: "/compare", search: { runs: compared } });
  useKeys(t("models.versions"), [{ keys: "c", label: t("models.compare"), run: compare }]);

  if (versions.length === 0)
    return (
      <Empty title={t("models.noVersions")}>
        <p>{t("models.noVersionsHint")}</p>
      </Empty>
    );
  if (waiting) return <Skeleton lines={8} />;
  return (
    <div className="versions">
      <Timeline entries={entries} metric={shown[0]} />
      <div className="versions-tools">
        <MetricChooser
          all={all}
          shown={shown}
          choose={(keys) => here({ search: (old) => ({ ...old, metrics: keys.join("*") }), replace: true })}
        />
        <Button icon={<GitCompareArrows />} disabled={compared.length < 2} onClick={compare}>
          {compared.length < 2 ? t("models.compare") : t("models.compareThese", { count: compared.length })}
        </Button>
        {compared.length < 2 && <span className="quiet">{t("models.compareHint")}</span>}
      </div>
      <Leaderboard
        rows={rows}
        metrics={shown}
        runs={runs}
        sort={sort}
        setSort={(sort) => here({ search: (old) => ({ ...old, sort }), replace: true })}
        picked={picked}
        setPicked={setPicked}
        promote={promote}
      />
      {dialog}
    </div>
  );
}
