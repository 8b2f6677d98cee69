import { useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { count, number } from "../kit/format";
import { Select } from "../kit/Select";
import { groupedBy, meanOf } from "./analysis";
import { type Bar, Bars } from "./Bars";
import { ChartCard } from "./ChartCard";
import { ChartEmpty, ChartProblem, ChartWait } from "./ChartState";
import { colourOf } from "./colours";
import { groupChoices, headlineField, metricChoices, shortName } from "./fieldNames";
import type { GridCardProps } from "./gridCard";
import { ShowTable } from "./ShowTable";
import { useColumns } from "./useColumns";
import { useNear } from "./useNear";
import { useSvgSaving } from "./useSvgSaving";

const MOST = 50;

/** A metric as bars: of each run, or of groups of runs by their mean with one standard deviation. */
export function BarCard(props: GridCardProps) {
  const { card, configure, where, orderBy, runs, hidden, available, height, menu, grip } = props;
  const { t } = useTranslation();
  const body = useRef<HTMLDivElement>(null);
  const near = useNear(body);
  const metric = card.fields[0] ?? headlineField(available) ?? "";
  const by = card.fields[1] ?? "";
  const fields = useMemo(() => [metric, by].filter(Boolean), [metric, by]);
  const found = useColumns(where, orderBy, fields, hidden, near);
  const bars = useMemo((): Bar[] => {
    const columns = found.columns;
    const target = columns?.of.get(metric);
    if (!columns || target?.kind !== "numbers") return [];
    const group = by ? columns.of.get(by) : undefined;
    if (group)
      return groupedBy(group, target).map(({ label, values }, at) => {
        const { mean, deviation, n } = meanOf(values);
        const note = t("charts.meanOf", { deviation: number(deviation, 3), n: count(n) });
        return { key: label, label, colour: `var(--series-${at % 10})`, value: mean, error: deviation, note };
      });
    const colours = new Map(runs.map(({ run_id, colour }) => [run_id, colour]));
    return columns.runIds
      .map((key, at) => ({
        key,
        label: columns.names[at] || key,
        colour: colours.get(key) ?? colourOf(key),
        value: target.values[at] as number,
      }))
      .filter(({ value }) => Number.isFinite(value))
      .sort((one, other) => other.value - one.value);
  }, [found.columns, metric, by, runs, t]);
  const title = by
    ? t("charts.by", { metric: shortName(metric), by: shortName(by) })
    : metric && shortName(metric);
  const save = useSvgSaving(body, title, () => ({
    head: [by ? shortName(by) : "run", "value", "deviation"],
    rows: bars.map(({ label, value, error }) => [label, value, error]),
  }));
  return (
    <ChartCard
      title={title}
      note={bars.length > MOST ? t("charts.firstBars", { count: MOST, all: count(bars.length) }) : undefined}
      height={height}
      late={found.late}
      save={save}
      menu={menu}
      grip={grip}
      bodyRef={body}
      fields={
        <>
          <Select
            label={t("charts.metric")}
            value={metric}
            options={metricChoices(available)}
            choose={(chosen) => configure([chosen, by])}
          />
          <Select
            label={t("charts.groupBy")}
            value={by}
            options={[{ value: "", label: t("charts.eachRun") }, ...groupChoices(available)]}
            choose={(chosen) => configure([metric, chosen])}
          />
        </>
      }
      table={() => (
        <ShowTable
          caption={title}
          head={[by ? shortName(by) : t("charts.run"), shortName(metric), "±"]}
          rows={bars.map(({ key, label, colour, value, error }) => ({
            key,
            colour,
            cells: [label, number(value), error === undefined ? "" : number(error, 3)],
          }))}
        />
      )}
    >
      {(size) => {
        if (found.problem) return <ChartProblem error={found.problem} retry={found.retry} height={size} />;
        if (!found.columns) return <ChartWait height={size} />;
        if (bars.length === 0) return <ChartEmpty height={size}>{t("charts.noPoints")}</ChartEmpty>;
        return <Bars label={title} height={size} bars={bars.slice(0, MOST)} />;
      }}
    </ChartCard>
  );
}
