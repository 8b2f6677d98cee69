import type { CSSProperties, HTMLAttributes, ReactNode } from "react";
import type { Column, Layout } from "./columns";

interface RowProps extends Omit<HTMLAttributes<HTMLDivElement>, "children"> {
  layout: Layout;
  /** The columns of the scrolling part that are drawn. */
  left: number;
  right: number;
  name: ReactNode;
  /** Draws a column; its `x` is from the beginning of the part that it is in. `at` counts all columns, the name is 0. */
  cell: (column: Column, at: number) => ReactNode;
  ref?: React.Ref<HTMLDivElement>;
}

/** A row of the grid: the name and what is kept beside it stand still, the others are shifted by `--left` behind a clip. */
export function GridRow({
  layout,
  left,
  right,
  name,
  cell,
  children,
  ...rest
}: RowProps & { children?: ReactNode }) {
  const kept = layout.kept.length;
  return (
    // biome-ignore lint/a11y/useSemanticElements: what a table has cannot be drawn out of its flow
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus and names its active cell
    <div role="row" {...rest}>
      <div className="run-still" style={{ inlineSize: layout.keptWidth }}>
        {name}
        {layout.kept.map((column, at) => cell({ ...column, x: column.x + layout.nameWidth }, at + 1))}
      </div>
      <div className="run-clip" style={{ insetInlineStart: layout.keptWidth }}>
        <div className="run-slide">
          {layout.rest.slice(left, right).map((column, at) => cell(column, at + left + kept + 1))}
        </div>
      </div>
      {children}
    </div>
  );
}

interface CellProps {
  line: number;
  at: number;
  x?: number;
  width: number;
  active: boolean;
  look?: string;
  title?: string | undefined;
  children: ReactNode;
}

/**
 * A cell of the grid. Only the active one has an id, by which the grid names it. A plain function, not a component: there are
 * hundreds of cells, and what React keeps for a component costs more than the cell.
 */
export function gridCell({ line, at, x = 0, width, active, look = "", title, children }: CellProps) {
  const style: CSSProperties = { insetInlineStart: x, inlineSize: width };
  return (
    // biome-ignore lint/a11y/useSemanticElements: what a table has cannot be drawn out of its flow
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus and names its active cell
    <div
      key={at}
      role="gridcell"
      id={active ? cellId(line, at) : undefined}
      aria-colindex={at + 1}
      className={`run-cell ${look} ${active ? "active" : ""}`}
      style={style}
      data-column={at}
      title={title}
    >
      {children}
    </div>
  );
}

/** Line -1 is the heads. */
export function cellId(line: number, at: number): string {
  return line < 0 ? `h-${at}` : `c${line}-${at}`;
}
