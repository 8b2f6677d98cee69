import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../kit/Button";
import { count, number } from "../kit/format";
import { filterOf, isWithin, type Limit, telling } from "./analysis";
import { ChartCard } from "./ChartCard";
import { ChartEmpty, ChartProblem, ChartWait } from "./ChartState";
import { EChart, type EChartHandle, type Inks } from "./EChart";
import { FieldsPicker } from "./FieldsPicker";
import { allChoices, candidateFields, headlineField, shortName } from "./fieldNames";
import type { GridCardProps } from "./gridCard";
import { LimitsPicker } from "./LimitsPicker";
import { intervalOf, isOpen, limitOf, opened, parallelOption, rowsOf } from "./parallel";
import { pointedGroup } from "./pointed";
import { ShowTable } from "./ShowTable";
import { hideTip, showTip } from "./tip";
import { useColumns } from "./useColumns";
import { useNear } from "./useNear";
import { useSize } from "./useSize";
import { useSvgSaving } from "./useSvgSaving";
import { unsaid, writtenOf } from "./written";

const LINES = 1_500;
const TABLE = 200;
const AXES = 5;

/** Each run as a line through its values; stretches of axes that are brushed, or typed, filter the table. */
export function ParallelCard(props: GridCardProps) {
  const { card, configure, where, orderBy, hidden, available, onFilter, height, menu, grip } = props;
  const { t } = useTranslation();
  const body = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartHandle>(null);
  const near = useNear(body);
  const { width } = useSize(body);
  const [limits, setLimits] = useState<readonly Limit[]>([]);
  const metric = headlineField(available);
  const fields = useMemo(
    () => (card.fields.length > 0 ? [...card.fields] : candidateFields(available)),
    [card.fields, available],
  );
  const found = useColumns(where, orderBy, fields, hidden, near);
  const { columns } = found;
  const axes = useMemo(() => {
    if (!columns || card.fields.length > 0) return columns ? [...card.fields] : [];
    const others = fields.filter((field) => field !== metric);
    const chosen = telling(columns, others, metric).slice(0, AXES).reverse();
    return metric && columns.of.has(metric) ? [...chosen, metric] : chosen;
  }, [columns, card.fields, fields, metric]);
  const rows = useMemo(() => (columns ? rowsOf(columns, axes, LINES) : []), [columns, axes]);
  const option = useCallback(
    (inks: Inks) => (columns ? parallelOption(columns, axes, rows, inks, width) : {}),
    [columns, axes, rows, width],
  );
  const within = useMemo(
    () => (columns ? rows.filter((row) => isWithin(columns, row, limits)) : []),
    [columns, rows, limits],
  );
  // Limits that were typed are drawn; those that were brushed are there already.
  const drawn = useRef(new Map<number, string>());
  const brush = () =>
    axes.forEach((field, axis) => {
      const own = limits.find((one) => one.field === field) ?? null;
      const text = JSON.stringify(own);
      if (!columns || (drawn.current.get(axis) ?? "null") === text) return;
      drawn.current.set(axis, text);
      const interval = own && intervalOf(columns, own);
      chart.current?.brush(axis, interval ? [interval] : []);
    });
  // biome-ignore lint/correctness/useExhaustiveDependencies: axes and columns make a new drawing, which brushes itself
  useEffect(brush, [limits]);
  const limit = (field: string, next: Limit | null) =>
    setLimits((now) => [...now.filter((one) => one.field !== field), ...(next ? [next] : [])]);
  const [trouble, setTrouble] = useState("");
  const apply = async () => {
    try {
      const written = await writtenOf(where, limits);
      const left = unsaid(limits, written);
      const said = limits.filter(({ field }) => !left.includes(field));
      setTrouble(left.length > 0 ? t("charts.tooMany", { names: left.map(shortName).join(", ") }) : "");
      if (said.length === 0 || !columns) return;
      configure(axes); // they stay, though among the runs that are left others may tell more
      const open = said.map((one) => opened(columns, one)).filter((one) => !isOpen(one));
      if (open.length > 0) onFilter(filterOf(open, written));
    } catch (error) {
      setTrouble(error instanceof Error ? error.message : String(error));
    }
  };
  const point = (place: number | null, at: { x: number; y: number }) => {
    const row = place === null ? undefined : rows[place];
    const runId = row === undefined ? null : (columns?.runIds[row] ?? null);
    pointedGroup().pointAt(runId);
    if (row === undefined || !columns) return hideTip();
    const lines = axes.map((field) => ({
      colour: "transparent",
      label: shortName(field),
      value: said(columns.of.get(field)?.values[row]),
    }));
    showTip(at.x, at.y, columns.names[row] || runId || "", lines);
  };
  const title = t("charts.parallel");
  const save = useSvgSaving(
    body,
    title,
    () => ({
      head: ["run", "run_id", ...axes.map(shortName)],
      rows: rows.map((row) => [
        columns?.names[row],
        columns?.runIds[row],
        ...axes.map((field) => columns?.of.get(field)?.values[row]),
      ]),
    }),
    () => chart.current?.svg() ?? null,
  );
  return (
    <ChartCard
      title={title}
      note={
        rows.length > 0 ? t("charts.ofRuns", { count: rows.length, counted: count(rows.length) }) : undefined
      }
      height={height}
      late={found.late}
      save={save}
      menu={menu}
      grip={grip}
      bodyRef={body}
      fields={
        <>
          <FieldsPicker
            label={t("charts.axes")}
            choices={allChoices(available)}
            chosen={axes}
            choose={configure}
          />
          {columns && <LimitsPicker axes={axes} columns={columns} limits={limits} limit={limit} />}
          {limits.length > 0 && (
            <span className="chart-limits" role="status">
              {t("charts.within", { count: within.length, counted: count(within.length) })}
              <Button onClick={() => void apply()}>{t("charts.filterTable")}</Button>
              <Button look="plain" onClick={() => setLimits([])}>
                {t("charts.clearLimits")}
              </Button>
              {trouble && <em>{trouble}</em>}
            </span>
          )}
        </>
      }
      table={() => (
        <ShowTable
          caption={title}
          head={[t("charts.run"), ...axes.map(shortName)]}
          rows={within.slice(0, TABLE).map((row) => ({
            key: columns?.runIds[row] ?? "",
            cells: [
              columns?.names[row] ?? "",
              ...axes.map((field) => said(columns?.of.get(field)?.values[row])),
            ],
          }))}
        />
      )}
    >
      {(size) => {
        if (found.problem) return <ChartProblem error={found.problem} retry={found.retry} height={size} />;
        if (!columns) return <ChartWait height={size} />;
        if (axes.length < 2 || rows.length === 0)
          return <ChartEmpty height={size}>{t("charts.noAxes")}</ChartEmpty>;
        return (
          <EChart
            option={option}
            onPoint={point}
            onBrush={(axis, intervals) => {
              const field = axes[axis];
              if (!field) return;
              const next = limitOf(columns, field, intervals);
              drawn.current.set(axis, JSON.stringify(next));
              limit(field, next);
            }}
            onDrawn={() => {
              drawn.current.clear();
              brush();
            }}
            height={size}
            label={title}
            handle={chart}
          />
        );
      }}
    </ChartCard>
  );
}

function said(value: number | string | null | undefined): string {
  if (value === null || value === undefined) return "–";
  return typeof value === "number" ? number(value) : value;
}
