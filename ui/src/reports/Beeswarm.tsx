import { useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useSize } from "../chart/useSize";
import { extent, padded } from "../series/outliers";
import { numberLabels, ticks } from "../series/ticks";
import type { Shap } from "./evaluation";
import { standing, swarm } from "./swarm";
import "../chart/Bars.css";

interface Props {
  shap: Shap;
  output: number;
  /** Features from top to bottom. */
  features: readonly number[];
  height: number;
  label: string;
}

const MOST_ROWS = 250;
const BOTTOM = 24;

/** A dot for each row: how far a column moved its answer, coloured by the column's value. */
export function Beeswarm({ shap, output, features, height, label }: Props) {
  const { t } = useTranslation();
  const place = useRef<HTMLDivElement>(null);
  const { width } = useSize(place);
  const values = shap.values[output] ?? [];
  const [low, high] = padded(
    extent(features.map((feature) => Float64Array.from(values[feature] ?? []))) ?? [-1, 1],
  );
  const left = Math.min(180, Math.max(70, width * 0.3));
  const toX = (value: number) => left + 8 + ((value - low) / (high - low)) * (width - left - 34);
  const each = (height - BOTTOM) / features.length;
  const marks = ticks(low, high, Math.max(2, (width - left) / 80));
  const rows = useMemo(
    () =>
      features.map((feature) => {
        const all = values[feature] ?? [];
        const step = Math.max(1, Math.ceil(all.length / MOST_ROWS));
        const stands = standing(shap.columns[feature] ?? []);
        return all.flatMap((value, at) => (at % step === 0 ? [{ value, stands: stands[at] ?? null }] : []));
      }),
    [features, values, shap.columns],
  );
  return (
    <div ref={place} className="bars" style={{ blockSize: height }}>
      {width > 0 && (
        <svg width={width} height={height} role="img" aria-label={t("reports.swarmLabel", { name: label })}>
          {numberLabels(marks).map((text, at) => (
            <g key={text}>
              <path className="rule" d={`M${toX(marks[at] as number)} 0V${height - BOTTOM}`} />
              <text className="tick" x={toX(marks[at] as number)} y={height - 8} textAnchor="middle">
                {text}
              </text>
            </g>
          ))}
          <path className="axis" d={`M${toX(0)} 0V${height - BOTTOM}`} />
          {rows.map((bees, row) => {
            const middle = each * (row + 0.5);
            const name = shap.features[features[row] as number] ?? "";
            const places = swarm(
              bees.map(({ value }) => toX(value)),
              3,
              Math.max(1, Math.floor((each / 2 - 2) / 2.2)),
            );
            return (
              <g key={name}>
                <text x={left} y={middle + 4} textAnchor="end">
                  <title>{name}</title>
                  {name.length > left / 6.4 ? `${name.slice(0, Math.floor(left / 6.4) - 1)}…` : name}
                </text>
                {places.map(({ x, aside, at }) => (
                  <circle
                    key={at}
                    cx={x}
                    cy={middle + aside * 2.2}
                    r="1.9"
                    fill={tint(bees[at]?.stands ?? null)}
                  />
                ))}
              </g>
            );
          })}
          <g transform={`translate(${width - 14} 4)`}>
            {[0, 1, 2, 3, 4, 5, 6, 7].map((step) => (
              <rect key={step} y={(7 - step) * 9} width="6" height="9" fill={tint(step / 7)} />
            ))}
          </g>
        </svg>
      )}
    </div>
  );
}

/** From a low value (blue) to a high one (red); grey where it is no number. */
function tint(stands: number | null): string {
  if (stands === null) return "var(--ink-3)";
  return `color-mix(in oklab, var(--series-3) ${Math.round(stands * 100)}%, var(--series-0))`;
}
