import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { GitCompareArrows, ListTree } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../api/call";
import { useChildren } from "../api/run";
import { FIELDS, type Run, type RunRow } from "../api/types.gen";
import { colourOf } from "../chart/colours";
import { Button } from "../kit/Button";
import { Empty } from "../kit/Empty";
import { ago, duration, moment, number } from "../kit/format";
import { Problem } from "../kit/Problem";
import { Skeleton } from "../kit/Skeleton";
import { Status } from "../kit/Status";
import "./Parts.css";

const METRICS = 4;
const MOST = 50;

/** Runs that this run began, with some of their metrics; a few of them can be chosen to compare. */
export function Children({ run }: { run: Run }) {
  const { t } = useTranslation();
  const { run_id, experiment_id } = run.info;
  const fields = useQuery({
    queryKey: ["run", run_id, "children-fields"],
    queryFn: ({ signal }) => call(FIELDS, { experiment_ids: [experiment_id], parent: run_id }, signal),
  });
  const metrics = useMemo(
    () => (fields.data?.metrics ?? []).filter((key) => !key.startsWith("system/")).slice(0, METRICS),
    [fields.data],
  );
  const columns = useMemo(() => metrics.map((key) => `metrics.\`${key.replaceAll("`", "")}\``), [metrics]);
  const children = useChildren(experiment_id, run_id, columns, !fields.isPending);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  if (children.isError && !children.data)
    return <Problem error={children.error} retry={() => children.refetch()} />;
  if (!children.data) return <Skeleton lines={6} />;
  const rows = children.data.pages.flatMap((page) => page.rows ?? []);
  if (rows.length === 0)
    return (
      <Empty icon={<ListTree />} title={t("run.noChildren")}>
        {t("run.noChildrenHint")}
      </Empty>
    );
  const choose = (id: string, on: boolean) =>
    setChosen((all) => {
      const next = new Set(all);
      if (on) next.add(id);
      else next.delete(id);
      return next;
    });
  const compared = (chosen.size > 0 ? [...chosen] : rows.map((row) => row.run_id)).slice(0, MOST);
  return (
    <div className="run-children">
      <div className="run-curves-tools">
        <Link to="/compare" search={{ runs: compared }} className="button outline">
          <GitCompareArrows aria-hidden="true" />
          {chosen.size > 0
            ? t("run.compareChosen", { count: chosen.size })
            : t("run.compareAll", { count: compared.length })}
        </Link>
        <Link
          to="/experiments/$ids"
          params={{ ids: experiment_id }}
          search={{ q: `tags.\`mlflow.parentRunId\` = '${run_id}'` }}
        >
          {t("run.childrenTable")}
        </Link>
      </div>
      <div className="run-scroll">
        <table className="pairs children">
          <thead>
            <tr>
              <th scope="col">
                <span className="unseen">{t("run.choose")}</span>
              </th>
              <th scope="col">{t("run.name")}</th>
              <th scope="col">{t("run.started")}</th>
              <th scope="col" className="number">
                {t("run.duration")}
              </th>
              {metrics.map((key) => (
                <th key={key} scope="col" className="number cut" title={key}>
                  {key}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row key={row.run_id} row={row} on={chosen.has(row.run_id)} choose={choose} />
            ))}
          </tbody>
        </table>
      </div>
      {children.hasNextPage && (
        <Button onClick={() => children.fetchNextPage()} disabled={children.isFetchingNextPage}>
          {t("run.moreChildren")}
        </Button>
      )}
    </div>
  );
}

function Row({ row, on, choose }: { row: RunRow; on: boolean; choose: (id: string, on: boolean) => void }) {
  const { t } = useTranslation();
  return (
    <tr>
      <td>
        <input
          type="checkbox"
          aria-label={t("run.chooseRun", { name: row.name })}
          checked={on}
          onChange={(event) => choose(row.run_id, event.target.checked)}
        />
      </td>
      <th scope="row">
        <span className="child-name">
          <i className="run-colour" style={{ background: colourOf(row.run_id) }} />
          <Status status={row.status} bare />
          <Link to="/runs/$runId" params={{ runId: row.run_id }} className="cut" title={row.name}>
            {row.name}
          </Link>
        </span>
      </th>
      <td title={moment(row.start_time)}>{ago(row.start_time)}</td>
      <td className="number">{row.end_time ? duration(row.end_time - row.start_time) : ""}</td>
      {row.values.map((value, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: values stand in the order of the columns
        <td key={at} className="number">
          {value === null ? "" : number(value)}
        </td>
      ))}
    </tr>
  );
}
