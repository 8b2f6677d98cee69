import { useRef } from "react";
import { Scroll } from "./Scroll";
import { useSize } from "./useSize";
import "./Bars.css";

export interface HeatCell {
  text: string;
  title: string;
  colour: string;
  /** How strong the colour is, 0 to 1. */
  share: number;
}

interface Props {
  rows: readonly string[];
  columns: readonly string[];
  cell: (row: number, column: number) => HeatCell;
  label: string;
  height: number;
  /** Only the lower half is drawn: the upper says the same. */
  square?: boolean;
  /** What rows and columns are, beside them. */
  rowsTitle?: string;
  columnsTitle?: string;
}

/** A table of colours, each cell with its number where there is room. */
export function Heat(props: Props) {
  const { rows, columns, cell, label, height, square = false, rowsTitle, columnsTitle } = props;
  const place = useRef<HTMLDivElement>(null);
  const { width: given } = useSize(place);
  const longest = Math.max(...rows.map((name) => name.length), 1);
  const left = Math.min(Math.max(28, longest * 6.4 + 10), Math.max(60, given * 0.3)) + (rowsTitle ? 16 : 0);
  const least = 20;
  const few = rows.length <= 3;
  const head = columnsTitle ? 16 : 0;
  const each = Math.max(least, Math.min(few ? 120 : 64, (given - left - 4) / columns.length));
  // Names that do not fit below their column stand upright.
  const widest = Math.max(...columns.map((name) => name.length), 1) * 6.4;
  const upright = widest > each;
  const foot = upright ? Math.min(76, widest + 8) : 22;
  const tall = Math.max(least, Math.min(few ? 88 : 44, (height - head - foot) / rows.length));
  const width = Math.max(given, left + each * columns.length + 4);
  const full = head + tall * rows.length + foot;
  return (
    <Scroll place={place} className="bars heat" style={{ blockSize: height }} label={label}>
      {given > 0 && (
        <svg width={width} height={full} role="img" aria-label={label}>
          {columnsTitle && (
            <text className="tick" x={left + (each * columns.length) / 2} y="11" textAnchor="middle">
              {columnsTitle}
            </text>
          )}
          {rowsTitle && (
            <text
              className="tick"
              textAnchor="middle"
              transform={`translate(10 ${head + (tall * rows.length) / 2}) rotate(-90)`}
            >
              {rowsTitle}
            </text>
          )}
          {rows.map((name, row) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: names may be equal; rows never move
            <g key={row}>
              <text x={left - 6} y={head + tall * row + tall / 2 + 4} textAnchor="end">
                <title>{name}</title>
                {cut(name, left - (rowsTitle ? 22 : 6))}
              </text>
              {columns.map((_, column) => {
                if (square && column > row) return null;
                const { text, title, colour, share } = cell(row, column);
                const [x, y] = [left + each * column, head + tall * row];
                return (
                  // biome-ignore lint/suspicious/noArrayIndexKey: as above
                  <g key={column}>
                    <title>{title}</title>
                    <rect
                      x={x + 0.5}
                      y={y + 0.5}
                      width={each - 1}
                      height={tall - 1}
                      rx="2"
                      className="ground"
                    />
                    <rect
                      x={x + 0.5}
                      y={y + 0.5}
                      width={each - 1}
                      height={tall - 1}
                      rx="2"
                      fill={colour}
                      fillOpacity={share}
                    />
                    {text.length * 6.2 < each - 2 && (
                      <text
                        className={share > 0.62 ? "strong" : "value"}
                        x={x + each / 2}
                        y={y + tall / 2 + 4}
                        textAnchor="middle"
                      >
                        {text}
                      </text>
                    )}
                  </g>
                );
              })}
            </g>
          ))}
          {columns.map((name, column) => (
            <text
              // biome-ignore lint/suspicious/noArrayIndexKey: as above
              key={column}
              textAnchor={upright ? "end" : "middle"}
              transform={`translate(${left + each * (column + 0.5) + (upright ? 4 : 0)} ${head + tall * rows.length + (upright ? 7 : 15)})${upright ? " rotate(-90)" : ""}`}
            >
              <title>{name}</title>
              {cut(name, upright ? foot - 4 : each)}
            </text>
          ))}
        </svg>
      )}
    </Scroll>
  );
}

function cut(text: string, width: number): string {
  const most = Math.max(1, Math.floor(width / 6.4));
  return text.length > most ? `${text.slice(0, Math.max(1, most - 1))}…` : text;
}
