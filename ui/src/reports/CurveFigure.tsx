import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { ChartCard } from "../chart/ChartCard";
import { pointedGroup, usePointedRun } from "../chart/pointed";
import { ShowTable } from "../chart/ShowTable";
import type { ShownRun } from "../chart/shown";
import { useSize } from "../chart/useSize";
import { useSvgSaving } from "../chart/useSvgSaving";
import { number } from "../kit/format";
import { padded, type Range } from "../series/outliers";
import type { Curve } from "./evaluation";
import { Plot } from "./Plot";

export interface RunCurve {
  run: ShownRun;
  curve: Curve;
}

interface Props {
  title: string;
  curves: readonly RunCurve[];
  xLabel: string;
  yLabel: string;
  /** What the area below is called, if it means something. */
  area?: string;
  /** Where chance lies: the rising or falling diagonal, or nowhere. */
  chance?: "diagonal" | "one" | "none";
  /** Both axes go from 0 to 1. */
  unit?: boolean;
  dots?: boolean;
  steps?: boolean;
}

const HEIGHT = 270;

/** Curves of an evaluation, of all runs over each other. */
export function CurveFigure(props: Props) {
  const {
    title,
    curves,
    xLabel,
    yLabel,
    area,
    chance = "none",
    unit = true,
    dots = false,
    steps = false,
  } = props;
  const { t } = useTranslation();
  const body = useRef<HTMLDivElement>(null);
  const { width } = useSize(body);
  const pointed = usePointedRun();
  const lit = curves.some(({ run }) => run.run_id === pointed) ? pointed : null;
  const save = useSvgSaving(body, title, () => ({
    head: ["run", "run_id", xLabel, yLabel],
    rows: curves.flatMap(({ run, curve }) => curve.x.map((x, at) => [run.label, run.run_id, x, curve.y[at]])),
  }));
  const x: Range = unit ? [0, 1] : padded(bounds(curves.flatMap(({ curve }) => curve.x)), false, 0.02);
  const y: Range = unit ? [0, 1.02] : padded(bounds(curves.flatMap(({ curve }) => curve.y)));
  const areaOf = ({ curve }: RunCurve) => (area && curve.area !== null ? number(curve.area, 4) : "");
  return (
    <ChartCard
      title={title}
      height={HEIGHT}
      save={save}
      bodyRef={body}
      table={() => (
        <ShowTable
          caption={title}
          head={[t("charts.run"), area ?? t("charts.points")]}
          rows={curves.map((one) => ({
            key: one.run.run_id,
            colour: one.run.colour,
            cells: [one.run.label, area ? areaOf(one) : String(one.curve.x.length)],
          }))}
        />
      )}
    >
      {(size) => (
        <>
          {width > 0 && (
            <Plot
              width={Math.max(width, 240)}
              height={size - 46}
              x={x}
              y={y}
              xLabel={xLabel}
              yLabel={yLabel}
              label={`${title}: ${curves.map((one) => `${one.run.label} ${areaOf(one)}`).join(", ")}`}
            >
              {(toX, toY) => (
                <>
                  {chance === "diagonal" && (
                    <path className="chance" d={`M${toX(0)} ${toY(0)}L${toX(1)} ${toY(1)}`} />
                  )}
                  {chance === "one" && <path className="chance" d={`M${toX(x[0])} ${toY(1)}H${toX(x[1])}`} />}
                  {curves.map(({ run, curve }) => (
                    <g key={run.run_id} opacity={lit !== null && lit !== run.run_id ? 0.25 : 1}>
                      <path
                        d={pathOf(curve, toX, toY, steps)}
                        fill="none"
                        stroke={run.colour}
                        strokeWidth={lit === run.run_id ? 2.5 : 1.75}
                        strokeLinejoin="round"
                      />
                      {dots &&
                        curve.x.map((place, at) => {
                          const [px, py] = [toX(place), toY(curve.y[at] as number)];
                          const [low, high] = [curve.low[at], curve.high[at]];
                          return (
                            // biome-ignore lint/suspicious/noArrayIndexKey: points of a curve never move
                            <g key={at}>
                              {low !== undefined && high !== undefined && (
                                <path
                                  stroke={run.colour}
                                  strokeOpacity="0.55"
                                  d={`M${px} ${toY(low)}V${toY(high)}`}
                                />
                              )}
                              <circle cx={px} cy={py} r="3" fill={run.colour} />
                            </g>
                          );
                        })}
                    </g>
                  ))}
                </>
              )}
            </Plot>
          )}
          <ul className="chart-legend">
            {curves.map((one) => (
              <li
                key={one.run.run_id}
                className={lit !== null && lit !== one.run.run_id ? "quiet" : ""}
                onPointerEnter={() => pointedGroup().pointAt(one.run.run_id)}
                onPointerLeave={() => pointedGroup().pointAt(null)}
              >
                <i className="chart-dot" style={{ background: one.run.colour }} />
                <span className="cut" title={one.run.label}>
                  {one.run.label}
                </span>
                {areaOf(one) && <b className="number">{areaOf(one)}</b>}
              </li>
            ))}
          </ul>
        </>
      )}
    </ChartCard>
  );
}

function pathOf(
  { x, y }: Curve,
  toX: (value: number) => number,
  toY: (value: number) => number,
  steps: boolean,
): string {
  return x
    .map((place, at) => {
      const [px, py] = [toX(place).toFixed(1), toY(y[at] as number).toFixed(1)];
      if (at === 0) return `M${px} ${py}`;
      return steps ? `H${px}V${py}` : `L${px} ${py}`;
    })
    .join("");
}

function bounds(values: readonly number[]): Range {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low <= high ? [low, high] : [0, 1];
}
