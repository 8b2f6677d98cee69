import type { ReactNode } from "react";
import type { Range } from "../series/outliers";
import { numberLabels, ticks } from "../series/ticks";
import "./reports.css";

interface Props {
  width: number;
  height: number;
  x: Range;
  y: Range;
  xLabel: string;
  yLabel: string;
  label: string;
  children: (toX: (value: number) => number, toY: (value: number) => number) => ReactNode;
}

const LEFT = 52;
const BOTTOM = 38;
const TOP = 8;
const RIGHT = 12;

/** Axes with their marks and names around what is drawn on them. */
export function Plot({ width, height, x, y, xLabel, yLabel, label, children }: Props) {
  const [wide, high] = [Math.max(10, width - LEFT - RIGHT), Math.max(10, height - TOP - BOTTOM)];
  const toX = (value: number) => LEFT + ((value - x[0]) / (x[1] - x[0])) * wide;
  const toY = (value: number) => TOP + high - ((value - y[0]) / (y[1] - y[0])) * high;
  const [across, up] = [ticks(x[0], x[1], Math.max(2, wide / 80)), ticks(y[0], y[1], Math.max(2, high / 45))];
  const [below, beside] = [numberLabels(across), numberLabels(up)];
  return (
    <svg className="plot" width={width} height={height} role="img" aria-label={label}>
      {up.map((mark, at) => (
        <g key={mark}>
          <path className="rule" d={`M${LEFT} ${toY(mark)}h${wide}`} />
          <text x={LEFT - 6} y={toY(mark) + 4} textAnchor="end">
            {beside[at]}
          </text>
        </g>
      ))}
      {across.map((mark, at) => (
        <text key={mark} x={toX(mark)} y={TOP + high + 16} textAnchor="middle">
          {below[at]}
        </text>
      ))}
      <text className="axis-name" x={LEFT + wide / 2} y={height - 4} textAnchor="middle">
        {xLabel}
      </text>
      <text
        className="axis-name"
        textAnchor="middle"
        transform={`translate(11 ${TOP + high / 2}) rotate(-90)`}
      >
        {yLabel}
      </text>
      {children(toX, toY)}
    </svg>
  );
}
