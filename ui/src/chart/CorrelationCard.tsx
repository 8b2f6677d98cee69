import { useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { count, number } from "../kit/format";
import { correlations } from "../series/rank";
import { numeric } from "./analysis";
import { ChartCard } from "./ChartCard";
import { ChartEmpty, ChartProblem, ChartWait } from "./ChartState";
import { FieldsPicker } from "./FieldsPicker";
import { allChoices, metricChoices, paramChoices, shortName } from "./fieldNames";
import type { GridCardProps } from "./gridCard";
import { Heat } from "./Heat";
import { ShowTable } from "./ShowTable";
import { useColumns } from "./useColumns";
import { useNear } from "./useNear";
import { useSvgSaving } from "./useSvgSaving";

const MOST = 14;

/** Which numbers of the runs rise and fall together: Spearman's rank correlation of each pair. */
export function CorrelationCard(props: GridCardProps) {
  const { card, configure, where, orderBy, hidden, available, height, menu, grip } = props;
  const { t } = useTranslation();
  const body = useRef<HTMLDivElement>(null);
  const near = useNear(body);
  const fields = useMemo(() => {
    if (card.fields.length > 0) return [...card.fields];
    const metrics = metricChoices(available).filter(({ label }) => !label.startsWith("system/"));
    return [...metrics.slice(0, 20), ...paramChoices(available).slice(0, 30)].map(({ value }) => value);
  }, [card.fields, available]);
  const found = useColumns(where, orderBy, fields, hidden, near);
  const shown = useMemo(
    () => (found.columns ? numeric(found.columns, fields).slice(0, card.fields.length > 0 ? 40 : MOST) : []),
    [found.columns, fields, card.fields.length],
  );
  const table = useMemo(
    () => correlations(shown.map((field) => found.columns?.of.get(field)?.values as Float64Array)),
    [shown, found.columns],
  );
  const names = shown.map(shortName);
  const n = Math.max(0, ...table.flat().map((one) => one.n));
  const title = t("charts.correlation");
  const save = useSvgSaving(body, title, () => ({
    head: ["", ...names],
    rows: table.map((row, at) => [names[at], ...row.map(({ rho }) => rho)]),
  }));
  return (
    <ChartCard
      title={title}
      note={n > 0 ? t("charts.spearman", { count: n, counted: count(n) }) : undefined}
      height={height}
      late={found.late}
      save={save}
      menu={menu}
      grip={grip}
      bodyRef={body}
      fields={
        <FieldsPicker
          label={t("charts.fields")}
          choices={allChoices(available)}
          chosen={shown}
          choose={configure}
        />
      }
      table={() => (
        <ShowTable
          caption={title}
          head={["", ...names]}
          rows={table.map((row, at) => ({
            key: shown[at] ?? "",
            cells: [names[at], ...row.map(({ rho }) => (rho === null ? "–" : number(rho, 2)))],
          }))}
        />
      )}
    >
      {(size) => {
        if (found.problem) return <ChartProblem error={found.problem} retry={found.retry} height={size} />;
        if (!found.columns) return <ChartWait height={size} />;
        if (shown.length < 2) return <ChartEmpty height={size}>{t("charts.noPairs")}</ChartEmpty>;
        return (
          <Heat
            label={title}
            height={size}
            rows={names}
            columns={names}
            square
            cell={(row, column) => {
              const one = table[row]?.[column];
              const rho = one?.rho ?? null;
              return {
                text: rho === null ? "–" : number(Math.round(rho * 100) / 100 || 0, 2),
                title: `${names[row]} · ${names[column]}: ${rho === null ? "–" : number(rho, 3)} (n = ${one?.n ?? 0})`,
                colour: rho !== null && rho < 0 ? "var(--series-3)" : "var(--series-0)",
                share: Math.abs(rho ?? 0),
              };
            }}
          />
        );
      }}
    </ChartCard>
  );
}
