import { useTranslation } from "react-i18next";
import { Scroll } from "../chart/Scroll";
import { ShowTable } from "../chart/ShowTable";
import { count, number, percent } from "../kit/format";
import { named, pText } from "./names";
import type { Evaluated } from "./useEvaluations";

/** Where models are weak, whom they treat differently, what has moved since training: tables for each run. */
export function Weaknesses({ evaluated }: { evaluated: readonly Evaluated[] }) {
  const { t } = useTranslation();
  const several = evaluated.length > 1;
  const slices = evaluated.flatMap(({ run, evaluation }) =>
    evaluation.slices.map((slice) => ({ run, slice })),
  );
  const gaps = evaluated.flatMap(({ run, evaluation }) =>
    evaluation.fairness.flatMap(({ column, gaps: all }) => all.map((gap) => ({ run, column, gap }))),
  );
  const groups = evaluated.flatMap(({ run, evaluation }) =>
    evaluation.fairness.flatMap(({ column, groups: all }) => all.map((group) => ({ run, column, group }))),
  );
  const rates = [...new Set(groups.flatMap(({ group }) => Object.keys(group.scores)))];
  const drift = evaluated.flatMap(({ run, evaluation }) =>
    evaluation.drift.slice(0, 12).map((column) => ({ run, column })),
  );
  const named1 = (first: string) => (several ? [t("charts.run"), first] : [first]);
  const started = (label: string, first: string) => (several ? [label, first] : [first]);
  return (
    <>
      {slices.length > 0 && (
        <Part title={t("reports.slices")} hint={t("reports.slicesHint")}>
          <ShowTable
            caption={t("reports.slices")}
            head={[
              ...named1(t("reports.segment")),
              t("reports.rows"),
              t("reports.scoreName"),
              t("reports.inside"),
              t("reports.outside"),
              "p",
            ]}
            rows={slices.map(({ run, slice }, at) => ({
              key: String(at),
              ...(several && { colour: run.colour }),
              cells: [
                ...started(run.label, slice.conditions.join(" · ")),
                count(slice.rows),
                named("score", slice.score),
                number(slice.value, 3),
                number(slice.rest, 3),
                pText(slice.pValue),
              ],
            }))}
          />
        </Part>
      )}
      {gaps.length > 0 && (
        <Part title={t("reports.fairness")} hint={t("reports.fairnessHint")}>
          <ShowTable
            caption={t("reports.fairness")}
            head={[
              ...named1(t("reports.column")),
              t("reports.gapColumn"),
              t("reports.difference"),
              t("reports.lowest"),
              t("reports.highest"),
              "p",
            ]}
            rows={gaps.map(({ run, column, gap }, at) => ({
              key: String(at),
              ...(several && { colour: run.colour }),
              cells: [
                ...started(run.label, column),
                named("gapName", gap.name),
                number(gap.difference, 3),
                gap.lowest,
                gap.highest,
                pText(gap.pValue),
              ],
            }))}
          />
          <ShowTable
            caption={t("reports.groups")}
            head={[
              ...named1(t("reports.group")),
              t("reports.rows"),
              ...rates.map((rate) => named("rate", rate)),
            ]}
            rows={groups.map(({ run, column, group }, at) => ({
              key: String(at),
              ...(several && { colour: run.colour }),
              cells: [
                ...started(run.label, `${column} = ${group.name}`),
                count(group.rows),
                ...rates.map((rate) => {
                  const value = group.scores[rate];
                  return value === undefined ? "–" : number(value, 3);
                }),
              ],
            }))}
          />
        </Part>
      )}
      {drift.length > 0 && (
        <Part title={t("reports.drift")} hint={t("reports.driftHint")}>
          <ShowTable
            caption={t("reports.drift")}
            head={[...named1(t("reports.column")), "PSI", "p", t("reports.moved"), t("reports.shape")]}
            rows={drift.map(({ run, column }, at) => ({
              key: String(at),
              ...(several && { colour: run.colour }),
              cells: [
                ...started(run.label, column.feature),
                number(column.psi, 3),
                pText(column.pValue),
                t(column.moved ? "reports.yes" : "reports.no"),
                <Shares key="shares" train={column.train} test={column.test} />,
              ],
            }))}
          />
        </Part>
      )}
    </>
  );
}

function Part({ title, hint, children }: { title: string; hint: string; children: React.ReactNode }) {
  return (
    <section className="report-part" aria-label={title}>
      <header>
        <h3>{title}</h3>
        <span className="quiet">{hint}</span>
      </header>
      <Scroll className="report-table chart-table" label={title}>
        {children}
      </Scroll>
    </section>
  );
}

const WIDE = 90;
const HIGH = 18;

/** Shares of each bin: training as an outline, test as bars. */
function Shares({ train, test }: { train: readonly number[]; test: readonly number[] }) {
  const { t } = useTranslation();
  const most = Math.max(...train, ...test, 1e-9);
  const each = WIDE / Math.max(train.length, test.length, 1);
  const toY = (share: number) => HIGH - (share / most) * (HIGH - 1);
  const said = (shares: readonly number[]) => shares.map((share) => percent(share, 0)).join(" ");
  return (
    <svg
      className="shares"
      width={WIDE}
      height={HIGH}
      role="img"
      aria-label={t("reports.sharesLabel", { train: said(train), test: said(test) })}
    >
      {test.map((share, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: bins have their places
        <rect key={at} x={at * each} y={toY(share)} width={each - 1} height={HIGH - toY(share)} />
      ))}
      <path d={train.map((share, at) => `${at ? "L" : "M"}${at * each} ${toY(share)}h${each}`).join("")} />
    </svg>
  );
}
