/** Rows that say what a chart shows: its text alternative. Numbers are aligned at their end. */
import type { ReactNode } from "react";

interface Props {
  head: readonly string[];
  rows: readonly { key: string; colour?: string; cells: readonly ReactNode[] }[];
  caption: string;
}

export function ShowTable({ head, rows, caption }: Props) {
  return (
    <table>
      <caption className="unseen">{caption}</caption>
      <thead>
        <tr>
          {head.map((name, at) => (
            <th key={name} scope="col" className={at > 0 ? "number" : ""}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, colour, cells }) => (
          <tr key={key}>
            {cells.map((cell, at) =>
              at === 0 ? (
                <th key={head[at]} scope="row" title={typeof cell === "string" ? cell : undefined}>
                  {colour && <i className="chart-dot" style={{ background: colour }} />}
                  {cell}
                </th>
              ) : (
                <td key={head[at]} className="number">
                  {cell}
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
