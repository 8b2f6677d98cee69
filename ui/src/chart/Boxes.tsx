import { useRef } from "react";
import { number } from "../kit/format";
import type { Range } from "../series/outliers";
import { padded } from "../series/outliers";
import { numberLabels, ticks } from "../series/ticks";
import type { Box } from "./analysis";
import { Scroll } from "./Scroll";
import { useSize } from "./useSize";
import "./Bars.css";

export interface NamedBox extends Box {
  label: string;
  colour: string;
}

const LEFT = 48;
const BOTTOM = 26;

/** Boxes with whiskers beside each other, on one scale. */
export function Boxes({
  boxes,
  label,
  height,
}: {
  boxes: readonly NamedBox[];
  label: string;
  height: number;
}) {
  const place = useRef<HTMLDivElement>(null);
  const { width: given } = useSize(place);
  const width = Math.max(given, LEFT + boxes.length * 26);
  const values = boxes.flatMap(({ low, high, beyond }) => [low, high, ...beyond]);
  const [low, high]: Range = padded([Math.min(...values), Math.max(...values)]);
  const plot = height - BOTTOM - 6;
  const toY = (value: number) => 6 + plot - ((value - low) / (high - low)) * plot;
  const each = (width - LEFT - 8) / boxes.length;
  const wide = Math.min(44, each * 0.6);
  const marks = ticks(low, high, Math.max(2, Math.floor(plot / 40)));
  return (
    <Scroll place={place} className="bars boxes" style={{ blockSize: height }} label={label}>
      {given > 0 && (
        <svg width={width} height={height} role="img" aria-label={label}>
          {numberLabels(marks).map((text, at) => (
            <g key={text}>
              <path className="rule" d={`M${LEFT} ${toY(marks[at] as number)}H${width}`} />
              <text className="tick" x={LEFT - 6} y={toY(marks[at] as number) + 4} textAnchor="end">
                {text}
              </text>
            </g>
          ))}
          {boxes.map((box, at) => {
            const middle = LEFT + each * (at + 0.5);
            const [left, right] = [middle - wide / 2, middle + wide / 2];
            const [top, bottom] = [toY(box.third), toY(box.first)];
            return (
              <g key={box.label}>
                <title>{`${box.label}: ${number(box.first, 4)} · ${number(box.median, 4)} · ${number(box.third, 4)} (n = ${box.n})`}</title>
                <path
                  d={`M${middle} ${toY(box.high)}V${top}M${middle} ${bottom}V${toY(box.low)}M${middle - 5} ${toY(box.high)}h10M${middle - 5} ${toY(box.low)}h10`}
                  stroke={box.colour}
                  fill="none"
                />
                <rect
                  x={left}
                  y={top}
                  width={wide}
                  height={Math.max(1, bottom - top)}
                  rx="2"
                  fill={box.colour}
                  fillOpacity="0.22"
                  stroke={box.colour}
                />
                <path d={`M${left} ${toY(box.median)}H${right}`} stroke={box.colour} strokeWidth="2" />
                {box.beyond.slice(0, 200).map((value, place) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: equal values are equal dots
                  <circle key={place} cx={middle} cy={toY(value)} r="2" fill={box.colour} fillOpacity="0.6" />
                ))}
                <text x={middle} y={height - 8} textAnchor="middle">
                  {cut(box.label, each)}
                </text>
              </g>
            );
          })}
        </svg>
      )}
    </Scroll>
  );
}

function cut(text: string, width: number): string {
  const most = Math.max(2, Math.floor(width / 6.4));
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
