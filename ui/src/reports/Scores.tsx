import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Scroll } from "../chart/Scroll";
import { Check } from "../kit/Check";
import { number } from "../kit/format";
import type { Score } from "./evaluation";
import { useScoreNames } from "./names";
import type { Evaluated } from "./useEvaluations";

/** All scores with their 95 % intervals, a column for each run; the best value of a row stands out. */
export function Scores({ evaluated }: { evaluated: readonly Evaluated[] }) {
  const { t } = useTranslation();
  const nameOf = useScoreNames();
  const [all, setAll] = useState(false);
  const names = [
    ...new Set(evaluated.flatMap(({ evaluation }) => evaluation.scores.map(({ name }) => name))),
  ];
  const rows = names.map((name) => ({
    name,
    scores: evaluated.map(({ evaluation }) => evaluation.scores.find((one) => one.name === name) ?? null),
  }));
  const main = rows.filter(({ scores }) => scores.some((one) => one !== null && one.group === "main"));
  const shown = all || main.length === 0 ? rows : main;
  return (
    <section className="report-part" aria-labelledby="report-scores">
      <header>
        <h3 id="report-scores">{t("reports.scores")}</h3>
        {rows.length > main.length && main.length > 0 && (
          <Check on={all} set={setAll}>
            {t("reports.allScores", { count: rows.length })}
          </Check>
        )}
      </header>
      <Scroll className="report-table" label={t("reports.scores")}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("reports.scoreName")}</th>
              {evaluated.map(({ run }) => (
                <th key={run.run_id} scope="col" className="number" title={run.label}>
                  <span className="report-run">
                    <i className="chart-dot" style={{ background: run.colour }} />
                    <span className="cut">{run.label}</span>
                  </span>
                </th>
              ))}
              <th scope="col" className="report-intervals">
                {t("reports.interval")}
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ name, scores }) => {
              const best = bestOf(scores);
              return (
                <tr key={name}>
                  <th scope="row" title={name}>
                    {nameOf(name)}
                  </th>
                  {scores.map((one, at) => (
                    <td key={evaluated[at]?.run.run_id} className="number">
                      {one === null ? (
                        <span className="quiet">–</span>
                      ) : (
                        <>
                          <span className={best !== null && one.value === best ? "best" : ""}>
                            {number(one.value, 4)}
                          </span>
                          {one.low !== null && one.high !== null && (
                            <small>
                              {number(one.low, 3)}–{number(one.high, 3)}
                            </small>
                          )}
                        </>
                      )}
                    </td>
                  ))}
                  <td>
                    <Intervals scores={scores} colours={evaluated.map(({ run }) => run.colour)} />
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}

/** The best value of several that differ; null where there is none to be best. */
export function bestOf(scores: readonly (Score | null)[]): number | null {
  const known = scores.filter((one) => one !== null);
  const [first] = known;
  if (!first || known.length < 2 || first.better === "neither") return null;
  const values = known.map(({ value }) => value);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (least === most) return null;
  return first.better === "lower" ? least : most;
}

const WIDTH = 150;
const LINE = 8;

/** Intervals below each other on one scale: whether they overlap is seen at once. */
function Intervals({ scores, colours }: { scores: readonly (Score | null)[]; colours: readonly string[] }) {
  const ends = scores.flatMap((one) => (one ? [one.low ?? one.value, one.high ?? one.value] : []));
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const toX = (value: number) => (high > low ? 5 + ((value - low) / (high - low)) * (WIDTH - 10) : WIDTH / 2);
  return (
    <svg
      className="intervals"
      width={WIDTH}
      height={Math.max(12, scores.length * LINE + 2)}
      aria-hidden="true"
    >
      {scores.map(
        (one, at) =>
          one && (
            // biome-ignore lint/suspicious/noArrayIndexKey: runs have their places
            <g key={at} fill={colours[at]} stroke={colours[at]}>
              {one.low !== null && one.high !== null && (
                <path strokeWidth="1.5" d={`M${toX(one.low)} ${at * LINE + 5}H${toX(one.high)}`} />
              )}
              <circle cx={toX(one.value)} cy={at * LINE + 5} r="2.5" />
            </g>
          ),
      )}
    </svg>
  );
}
