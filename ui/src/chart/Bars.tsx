import { useRef } from "react";
import { number } from "../kit/format";
import { numberLabels, ticks } from "../series/ticks";
import { pointedGroup, usePointedRun } from "./pointed";
import { Scroll } from "./Scroll";
import { useSize } from "./useSize";
import "./Bars.css";

export interface Bar {
  key: string;
  label: string;
  colour: string;
  value: number;
  /** How far the whisker reaches to either side. */
  error?: number;
  /** The value in words, if it is no plain number. */
  text?: string;
  /** What is said beside the value. */
  note?: string;
}

interface Props {
  bars: readonly Bar[];
  label: string;
  height: number;
  /** Where the axis ends, if it does not end with the longest bar. */
  most?: number;
}

const ROW = 22;

/** Values beside each other as lying bars, each with its name and number; whiskers where the value is a mean. */
export function Bars({ bars, label, height, most }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const { width } = useSize(place);
  const pointed = usePointedRun();
  const lit = bars.some(({ key }) => key === pointed) ? pointed : null;
  const names = Math.min(220, Math.max(60, width * 0.34));
  const values = 64;
  const room = Math.max(10, width - names - values - 12);
  const [low, high] = bounds(bars, most);
  const toX = (value: number) => names + 6 + ((value - low) / (high - low)) * room;
  const zero = toX(Math.min(Math.max(0, low), high));
  const full = bars.length * ROW + 24;
  const marks = ticks(low, high, Math.max(2, Math.floor(room / 70)));
  return (
    <Scroll place={place} className="bars" style={{ blockSize: height }} label={label}>
      {width > 0 && (
        <svg width={width} height={full} role="img" aria-label={label}>
          {marks.map((mark, at) => (
            <g key={mark}>
              <path className="rule" d={`M${toX(mark)} 0V${full - 20}`} />
              <text className="tick" x={toX(mark)} y={full - 6} textAnchor="middle">
                {numberLabels(marks)[at]}
              </text>
            </g>
          ))}
          {bars.map((bar, at) => {
            const top = at * ROW;
            const end = toX(bar.value);
            const finite = Number.isFinite(bar.value);
            return (
              <g
                key={bar.key}
                className={lit !== null && lit !== bar.key ? "quiet" : ""}
                onPointerEnter={() => pointedGroup().pointAt(bar.key)}
                onPointerLeave={() => pointedGroup().pointAt(null)}
              >
                <title>{`${bar.label}: ${bar.text ?? number(bar.value)}${bar.note ? ` ${bar.note}` : ""}`}</title>
                <rect className="bar-row" x="0" y={top} width={width} height={ROW} />
                <text className="name" x={names} y={top + 15} textAnchor="end">
                  {cut(bar.label, names)}
                </text>
                {finite && (
                  <rect
                    x={Math.min(zero, end)}
                    y={top + 4}
                    width={Math.max(1, Math.abs(end - zero))}
                    height={ROW - 8}
                    rx="2"
                    fill={bar.colour}
                  />
                )}
                {finite && bar.error !== undefined && bar.error > 0 && (
                  <path
                    className="whisker"
                    d={`M${toX(bar.value - bar.error)} ${top + 11}H${toX(bar.value + bar.error)}m0 -3v6M${toX(bar.value - bar.error)} ${top + 8}v6`}
                  />
                )}
                <text className="value" x={width - 2} y={top + 15} textAnchor="end">
                  {bar.text ?? number(bar.value, 4)}
                </text>
              </g>
            );
          })}
        </svg>
      )}
    </Scroll>
  );
}

/** Bars begin at zero: a cut axis would make small differences look large. */
function bounds(bars: readonly Bar[], most = 0): [number, number] {
  let [low, high] = [0, most];
  for (const { value, error = 0 } of bars) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value - error);
    high = Math.max(high, value + error);
  }
  return low === high ? [0, 1] : [low, high];
}

/** As many characters as fit, by a mean width; the title says all. */
function cut(text: string, width: number): string {
  const most = Math.max(4, Math.floor(width / 6.2));
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
