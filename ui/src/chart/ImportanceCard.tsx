import { useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { count, number, percent } from "../kit/format";
import { Select } from "../kit/Select";
import { type Importance, importances } from "../series/importance";
import { Bars } from "./Bars";
import { ChartCard } from "./ChartCard";
import { ChartEmpty, ChartProblem, ChartWait } from "./ChartState";
import { candidateFields, headlineField, metricChoices, shortName } from "./fieldNames";
import type { GridCardProps } from "./gridCard";
import { ShowTable } from "./ShowTable";
import { useColumns } from "./useColumns";
import { useNear } from "./useNear";
import { useSvgSaving } from "./useSvgSaving";

const HINT = 52; // px: three lines

/** Which params go together with a metric, most first, by which method and over how many runs. */
export function ImportanceCard(props: GridCardProps) {
  const { card, configure, where, orderBy, hidden, available, height, menu, grip } = props;
  const { t } = useTranslation();
  const body = useRef<HTMLDivElement>(null);
  const near = useNear(body);
  const metric = card.fields[0] ?? headlineField(available);
  const fields = useMemo(() => {
    const params = candidateFields(available).filter((field) => field.startsWith("params."));
    return metric ? [...params, metric] : params;
  }, [available, metric]);
  const found = useColumns(where, orderBy, fields, hidden, near);
  const ranked = useMemo((): Importance[] => {
    const target = metric ? found.columns?.of.get(metric) : undefined;
    if (!found.columns || target?.kind !== "numbers") return [];
    const params = fields.flatMap((name) => {
      const column = name === metric ? undefined : found.columns?.of.get(name);
      return column ? [{ name, values: column.values }] : [];
    });
    return importances(params, target.values);
  }, [found.columns, fields, metric]);
  const name = metric ? shortName(metric) : "";
  const title = t("charts.importanceOf", { name });
  const method = (one: Importance) =>
    one.method === "rank"
      ? t("charts.byRank", { rho: number(one.rho ?? 0, 2), n: count(one.n) })
      : t("charts.byVariance", { groups: one.groups, n: count(one.n) });
  const save = useSvgSaving(body, title, () => ({
    head: ["param", "share", "method", "rho", "groups", "n"],
    rows: ranked.map((one) => [shortName(one.name), one.share, one.method, one.rho, one.groups, one.n]),
  }));
  const n = Math.max(0, ...ranked.map((one) => one.n));
  return (
    <ChartCard
      title={title}
      note={n > 0 ? t("charts.ofRuns", { count: n, counted: count(n) }) : undefined}
      height={height}
      late={found.late}
      save={save}
      menu={menu}
      grip={grip}
      bodyRef={body}
      fields={
        <Select
          label={t("charts.metric")}
          value={metric ?? ""}
          options={metricChoices(available)}
          choose={(chosen) => configure([chosen])}
        />
      }
      table={() => (
        <ShowTable
          caption={title}
          head={[t("charts.param"), t("charts.share"), t("charts.method")]}
          rows={ranked.map((one) => ({
            key: one.name,
            cells: [shortName(one.name), percent(one.share, 0), method(one)],
          }))}
        />
      )}
    >
      {(size) => {
        if (found.problem) return <ChartProblem error={found.problem} retry={found.retry} height={size} />;
        if (!found.columns) return <ChartWait height={size} />;
        if (ranked.length === 0) return <ChartEmpty height={size}>{t("charts.noImportance")}</ChartEmpty>;
        return (
          <>
            <Bars
              label={title}
              height={size - HINT}
              most={1}
              bars={ranked.map((one) => ({
                key: one.name,
                label: shortName(one.name),
                colour:
                  one.rho !== null && one.rho < 0
                    ? "var(--series-3)"
                    : one.rho === null
                      ? "var(--series-7)"
                      : "var(--series-0)",
                value: one.share,
                text: percent(one.share, 0),
                note: method(one),
              }))}
            />
            <p className="chart-foot">{t("charts.importanceHint")}</p>
          </>
        );
      }}
    </ChartCard>
  );
}
