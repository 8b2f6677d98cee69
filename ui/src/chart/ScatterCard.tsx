import { useCallback, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Column } from "../api/curves";
import { count, number } from "../kit/format";
import { Select } from "../kit/Select";
import { telling } from "./analysis";
import { ChartCard } from "./ChartCard";
import { ChartEmpty, ChartProblem, ChartWait } from "./ChartState";
import { colourOf } from "./colours";
import { EChart, type EChartHandle, type Inks } from "./EChart";
import { allChoices, candidateFields, headlineField, shortName } from "./fieldNames";
import type { GridCardProps } from "./gridCard";
import { pointedGroup } from "./pointed";
import { ShowTable } from "./ShowTable";
import { type Dot, scatterOption } from "./scatter";
import { hideTip, showTip } from "./tip";
import { useColumns } from "./useColumns";
import { useNear } from "./useNear";
import { useSvgSaving } from "./useSvgSaving";

const TABLE = 200;

/** Each run as a dot between two fields; its colour is its own or a third field's. */
export function ScatterCard(props: GridCardProps) {
  const { card, configure, where, orderBy, runs, hidden, available, height, menu, grip } = props;
  const { t } = useTranslation();
  const body = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartHandle>(null);
  const near = useNear(body);
  const [ownX, ownY, tint = ""] = card.fields;
  const y = ownY || headlineField(available) || "";
  const fields = useMemo(
    () => [...new Set([...(ownX ? [ownX] : candidateFields(available)), y, tint])].filter(Boolean),
    [ownX, y, tint, available],
  );
  const found = useColumns(where, orderBy, fields, hidden, near);
  const x = useMemo(() => {
    if (ownX) return ownX;
    const others = fields.filter((field) => field !== y && field !== tint);
    return found.columns ? (telling(found.columns, others, y)[0] ?? others[0] ?? "") : "";
  }, [ownX, fields, y, tint, found.columns]);
  const dots = useMemo((): Dot[] => {
    const columns = found.columns;
    const [xs, ys, zs] = [columns?.of.get(x), columns?.of.get(y), columns?.of.get(tint)];
    if (!columns || !xs || !ys) return [];
    const colours = new Map(runs.map(({ run_id, colour }) => [run_id, colour]));
    return columns.runIds.flatMap((runId, at) => {
      const [a, b] = [valueAt(xs, at), valueAt(ys, at)];
      if (a === null || b === null) return [];
      const name = columns.names[at] || runId;
      return [
        {
          runId,
          name,
          x: a,
          y: b,
          z: zs ? valueAt(zs, at) : null,
          colour: colours.get(runId) ?? colourOf(runId),
        },
      ];
    });
  }, [found.columns, x, y, tint, runs]);
  const [nameX, nameY, nameZ] = [x, y, tint].map((field) => (field ? shortName(field) : ""));
  const option = useCallback(
    (inks: Inks) => scatterOption(dots, { x: nameX ?? "", y: nameY ?? "", z: nameZ ?? "" }, inks),
    [dots, nameX, nameY, nameZ],
  );
  const title = t("charts.against", { x: nameX, y: nameY });
  const save = useSvgSaving(
    body,
    title,
    () => ({
      head: ["run", "run_id", nameX ?? "", nameY ?? "", ...(nameZ ? [nameZ] : [])],
      rows: dots.map((dot) => [dot.name, dot.runId, dot.x, dot.y, ...(nameZ ? [dot.z] : [])]),
    }),
    () => chart.current?.svg() ?? null,
  );
  const point = (row: number | null, at: { x: number; y: number }) => {
    const dot = row === null ? undefined : dots[row];
    pointedGroup().pointAt(dot?.runId ?? null);
    if (!dot) return hideTip();
    const line = (label: string | undefined, value: string | number | null) => ({
      colour: "transparent",
      label: label ?? "",
      value: said(value),
    });
    showTip(at.x, at.y, "", [
      { colour: dot.colour, label: dot.name, value: "", lit: true },
      line(nameX, dot.x),
      line(nameY, dot.y),
      ...(nameZ ? [line(nameZ, dot.z)] : []),
    ]);
  };
  const choices = allChoices(available);
  return (
    <ChartCard
      title={title}
      note={
        dots.length > 0 ? t("charts.ofRuns", { count: dots.length, counted: count(dots.length) }) : undefined
      }
      height={height}
      late={found.late}
      save={save}
      menu={menu}
      grip={grip}
      bodyRef={body}
      fields={
        <>
          <Select label="x" value={x} options={choices} choose={(chosen) => configure([chosen, y, tint])} />
          <Select label="y" value={y} options={choices} choose={(chosen) => configure([x, chosen, tint])} />
          <Select
            label={t("charts.colour")}
            value={tint}
            options={[{ value: "", label: t("charts.ownColour") }, ...choices]}
            choose={(chosen) => configure([x, y, chosen])}
          />
        </>
      }
      table={() => (
        <ShowTable
          caption={title}
          head={[t("charts.run"), nameX ?? "", `${nameY ?? ""}${nameX === nameY ? " " : ""}`]}
          rows={dots.slice(0, TABLE).map((dot) => ({
            key: dot.runId,
            colour: dot.colour,
            cells: [dot.name, said(dot.x), said(dot.y)],
          }))}
        />
      )}
    >
      {(size) => {
        if (found.problem) return <ChartProblem error={found.problem} retry={found.retry} height={size} />;
        if (!found.columns) return <ChartWait height={size} />;
        if (dots.length === 0) return <ChartEmpty height={size}>{t("charts.noDots")}</ChartEmpty>;
        return <EChart option={option} onPoint={point} height={size} label={title} handle={chart} />;
      }}
    </ChartCard>
  );
}

function valueAt(column: Column, at: number): number | string | null {
  const value = column.values[at];
  return value === undefined || value === null || (typeof value === "number" && !Number.isFinite(value))
    ? null
    : value;
}

function said(value: string | number | null): string {
  if (value === null) return "–";
  return typeof value === "number" ? number(value) : value;
}
