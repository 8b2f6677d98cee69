import { useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Column } from "../api/curves";
import { count, number } from "../kit/format";
import { Select } from "../kit/Select";
import { boxOf, distinct, groupedBy, telling } from "./analysis";
import { Boxes, type NamedBox } from "./Boxes";
import { ChartCard } from "./ChartCard";
import { ChartEmpty, ChartProblem, ChartWait } from "./ChartState";
import { candidateFields, groupChoices, headlineField, metricChoices, shortName } from "./fieldNames";
import type { GridCardProps } from "./gridCard";
import { ShowTable } from "./ShowTable";
import { useColumns } from "./useColumns";
import { useNear } from "./useNear";
import { useSvgSaving } from "./useSvgSaving";

const MOST = 40;
const FEW = 12; // groups that a person takes in at once

/** How a metric is spread within groups of runs. */
export function BoxCard(props: GridCardProps) {
  const { card, configure, where, orderBy, hidden, available, height, menu, grip } = props;
  const { t } = useTranslation();
  const body = useRef<HTMLDivElement>(null);
  const near = useNear(body);
  const metric = card.fields[1] ?? headlineField(available) ?? "";
  const own = card.fields[0];
  const fields = useMemo(
    () => (own ? [own, metric] : [...new Set([...candidateFields(available), metric])]).filter(Boolean),
    [own, metric, available],
  );
  const found = useColumns(where, orderBy, fields, hidden, near);
  const by = useMemo(() => {
    if (own) return own;
    if (!found.columns) return "";
    const { of } = found.columns;
    const others = telling(
      found.columns,
      fields.filter((field) => field !== metric),
      metric,
    );
    return others.find((field) => distinct(of.get(field) as Column) <= FEW) ?? others[0] ?? "";
  }, [own, found.columns, fields, metric]);
  const boxes = useMemo((): NamedBox[] => {
    const [group, target] = [found.columns?.of.get(by), found.columns?.of.get(metric)];
    if (!group || !target) return [];
    return groupedBy(group, target).map(({ label, values }, at) => ({
      label,
      colour: `var(--series-${at % 10})`,
      ...boxOf(values),
    }));
  }, [found.columns, by, metric]);
  const title = by ? t("charts.by", { metric: shortName(metric), by: shortName(by) }) : shortName(metric);
  const save = useSvgSaving(body, title, () => ({
    head: [shortName(by), "n", "low", "first_quartile", "median", "third_quartile", "high"],
    rows: boxes.map((box) => [box.label, box.n, box.low, box.first, box.median, box.third, box.high]),
  }));
  return (
    <ChartCard
      title={title}
      note={
        boxes.length > MOST ? t("charts.firstBars", { count: MOST, all: count(boxes.length) }) : undefined
      }
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
            choose={(chosen) => configure([by, chosen])}
          />
          <Select
            label={t("charts.groupBy")}
            value={by}
            options={groupChoices(available)}
            choose={(chosen) => configure([chosen, metric])}
          />
        </>
      }
      table={() => (
        <ShowTable
          caption={title}
          head={[
            shortName(by),
            "n",
            ...["min", "quartile1", "median", "quartile3", "max"].map((name) => t(`charts.${name as "min"}`)),
          ]}
          rows={boxes.map((box) => ({
            key: box.label,
            colour: box.colour,
            cells: [
              box.label,
              count(box.n),
              ...[box.low, box.first, box.median, box.third, box.high].map((value) => number(value, 4)),
            ],
          }))}
        />
      )}
    >
      {(size) => {
        if (found.problem) return <ChartProblem error={found.problem} retry={found.retry} height={size} />;
        if (!found.columns) return <ChartWait height={size} />;
        if (boxes.length === 0) return <ChartEmpty height={size}>{t("charts.noGroups")}</ChartEmpty>;
        return <Boxes label={title} height={size} boxes={boxes.slice(0, MOST)} />;
      }}
    </ChartCard>
  );
}
