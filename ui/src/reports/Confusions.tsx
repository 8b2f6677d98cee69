import { useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ChartCard } from "../chart/ChartCard";
import { Heat, type HeatCell } from "../chart/Heat";
import { ShowTable } from "../chart/ShowTable";
import { useSvgSaving } from "../chart/useSvgSaving";
import { count, number, percent } from "../kit/format";
import { Select } from "../kit/Select";
import type { Confusion } from "./evaluation";
import { named } from "./names";
import type { Evaluated } from "./useEvaluations";

type Look = "counts" | "shares";

/** Who was taken for whom: a matrix for each run, and with several how they differ from the first. */
export function Confusions({ evaluated }: { evaluated: readonly Evaluated[] }) {
  const { t } = useTranslation();
  const [look, setLook] = useState<Look>("counts");
  const [chosen, setChosen] = useState("default");
  const names = [
    ...new Set(evaluated.flatMap(({ evaluation }) => evaluation.confusions.map(({ name }) => name))),
  ];
  const name = names.includes(chosen) ? chosen : (names[0] ?? "");
  const found = evaluated.flatMap(({ run, evaluation }) => {
    const confusion = evaluation.confusions.find((one) => one.name === name);
    return confusion ? [{ run, confusion }] : [];
  });
  const [first] = found;
  if (!first) return null;
  return (
    <section className="report-part" aria-labelledby="report-confusions">
      <header>
        <h3 id="report-confusions">{t("reports.confusions")}</h3>
        {names.length > 1 && (
          <Select
            label={t("reports.threshold")}
            value={name}
            options={names.map((value) => ({ value, label: named("thresholdRule", value) }))}
            choose={setChosen}
          />
        )}
        <Select
          label={t("reports.cells")}
          value={look}
          options={[
            { value: "counts", label: t("reports.counts") },
            { value: "shares", label: t("reports.shares") },
          ]}
          choose={setLook}
        />
      </header>
      <div className="report-figures">
        {found.map(({ run, confusion }) => (
          <Matrix key={run.run_id} title={run.label} colour={run.colour} confusion={confusion} look={look} />
        ))}
        {found.slice(1).map(({ run, confusion }) => (
          <Matrix
            key={`difference ${run.run_id}`}
            title={t("reports.minus", { one: run.label, other: first.run.label })}
            colour={run.colour}
            confusion={confusion}
            minus={first.confusion}
            look={look}
          />
        ))}
      </div>
    </section>
  );
}

interface MatrixProps {
  title: string;
  colour: string;
  confusion: Confusion;
  minus?: Confusion;
  look: Look;
}

const LEAST = 210;

function Matrix({ title, colour, confusion, minus, look }: MatrixProps) {
  const { t } = useTranslation();
  const body = useRef<HTMLDivElement>(null);
  const { labels } = confusion;
  const cells = useMemo(() => valuesOf(confusion, labels, look), [confusion, labels, look]);
  const others = useMemo(() => (minus ? valuesOf(minus, labels, look) : null), [minus, labels, look]);
  const save = useSvgSaving(body, title, () => ({
    head: [t("reports.truth"), ...labels],
    rows: labels.map((label, row) => [label, ...labels.map((_, column) => valueAt(row, column))]),
  }));
  const valueAt = (row: number, column: number): number | null => {
    const value = cells[row]?.[column] ?? null;
    if (!others) return value;
    const other = others[row]?.[column] ?? null;
    return value === null || other === null ? null : value - other;
  };
  const said = (value: number | null) => {
    if (value === null) return "–";
    const sign = others && value > 0 ? "+" : "";
    const text =
      look === "shares"
        ? percent(value, labels.length > 8 ? 0 : 1)
        : Number.isInteger(value)
          ? count(value)
          : number(value, 4);
    return sign + text;
  };
  const most = Math.max(
    ...labels.flatMap((_, row) => labels.map((__, column) => Math.abs(valueAt(row, column) ?? 0))),
    1e-9,
  );
  const cell = (row: number, column: number): HeatCell => {
    const value = valueAt(row, column);
    const right = row === column;
    // Of a difference, blue is better: more on the diagonal, less beside it.
    const better = (value ?? 0) > 0 === right;
    return {
      text: said(value),
      title: t("reports.cell", { truth: labels[row], predicted: labels[column], value: said(value) }),
      colour: others ? `var(--series-${better ? 0 : 3})` : `var(--series-${right ? 0 : 1})`,
      share: look === "shares" && !others ? (value ?? 0) : Math.abs(value ?? 0) / most,
    };
  };
  return (
    <ChartCard
      title={title}
      note={<i className="chart-dot" style={{ background: colour }} />}
      height={Math.min(520, Math.max(LEAST, labels.length * 34 + 90))}
      save={save}
      bodyRef={body}
      table={() => (
        <ShowTable
          caption={title}
          head={[t("reports.truth"), ...labels]}
          rows={labels.map((label, row) => ({
            key: label,
            cells: [label, ...labels.map((_, column) => said(valueAt(row, column)))],
          }))}
        />
      )}
    >
      {(height) => (
        <Heat
          label={title}
          height={height}
          rows={labels}
          columns={labels}
          cell={cell}
          rowsTitle={t("reports.truth")}
          columnsTitle={t("reports.predicted")}
        />
      )}
    </ChartCard>
  );
}

/** A matrix in the order of `labels`, so that two models with other orders can be compared; null where a class is absent. */
export function valuesOf(confusion: Confusion, labels: readonly string[], look: Look): (number | null)[][] {
  const places = labels.map((label) => confusion.labels.indexOf(label));
  return places.map((row) => {
    const counts = confusion.counts[row];
    if (!counts) return places.map(() => null);
    const total = counts.reduce((sum, value) => sum + value, 0);
    return places.map((column) => {
      const value = counts[column];
      if (value === undefined || (look === "shares" && total === 0)) return null;
      return look === "shares" ? value / total : value;
    });
  });
}
