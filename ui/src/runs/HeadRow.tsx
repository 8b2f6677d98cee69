import { ArrowDown, ArrowUp, ChevronDown } from "lucide-react";
import { memo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { isNumeric } from "./cells";
import type { Column, Layout } from "./columns";
import { NAME } from "./columns";
import { fieldOf } from "./fields";
import { cellId, GridRow } from "./GridRow";
import { useFieldName } from "./names";
import type { Sort } from "./search";

export interface HeadActs {
  sort: (field: string, more: boolean) => void;
  /** A column is dropped where the one at `to` was, counted among all but the name. */
  drop: (field: string, to: number) => void;
  /** `done`: the pointer has let go. */
  width: (field: string, width: number, done: boolean) => void;
  menu: (field: string, beside: DOMRect) => void;
}

interface Props {
  layout: Layout;
  left: number;
  right: number;
  sort: readonly Sort[];
  active: number | null;
  picked: "all" | "some" | "none";
  acts: HeadActs;
}

/** The heads of the columns. A click sorts, with shift it sorts further; they are dragged to another place and made wider. */
export const HeadRow = memo(({ layout, left, right, sort, active, picked, acts }: Props) => {
  const [drag, setDrag] = useState<{ field: string; to: number; x: number } | null>(null);
  const kept = layout.kept.length;
  const place = useRef<HTMLDivElement>(null);

  /** The place among all columns that a pointer is over, and where its mark stands. */
  const over = (clientX: number): { to: number; x: number } => {
    const box = place.current?.getBoundingClientRect();
    const x = clientX - (box?.left ?? 0);
    const scrolled = x > layout.keptWidth;
    const slide = place.current?.querySelector<HTMLElement>(".run-slide");
    const shift = slide && box ? slide.getBoundingClientRect().left - box.left : layout.keptWidth;
    const columns = scrolled ? layout.rest : layout.kept;
    const base = scrolled ? shift : layout.nameWidth;
    const at = columns.findIndex((column) => base + column.x + column.width / 2 > x);
    const to = at < 0 ? columns.length : at;
    const mark = columns[to]?.x ?? (columns.at(-1)?.x ?? 0) + (columns.at(-1)?.width ?? 0);
    return { to: to + (scrolled ? kept : 0), x: base + mark };
  };

  const head = (column: Column, at: number) => (
    <HeadCell
      key={column.field}
      column={column}
      at={at}
      sort={sort}
      active={active === at}
      acts={acts}
      dragged={drag?.field === column.field}
      onDrag={(x) => setDrag({ field: column.field, ...over(x) })}
      onDrop={(x) => {
        setDrag(null);
        if (x !== null) acts.drop(column.field, over(x).to);
      }}
    />
  );
  return (
    <GridRow
      className="run-head"
      aria-rowindex={1}
      ref={place}
      layout={layout}
      left={left}
      right={right}
      name={
        <HeadCell
          column={{ field: NAME, width: layout.nameWidth, x: 0 }}
          at={0}
          sort={sort}
          active={active === 0}
          acts={acts}
          before={<PickAll picked={picked} />}
        />
      }
      cell={head}
    >
      {drag && <div className="run-drop" style={{ insetInlineStart: drag.x }} />}
    </GridRow>
  );
});
HeadRow.displayName = "HeadRow";

function PickAll({ picked }: { picked: Props["picked"] }) {
  const { t } = useTranslation();
  return (
    <span className="run-pick" data-act="pick-all">
      <input
        type="checkbox"
        checked={picked === "all"}
        ref={(box) => {
          if (box) box.indeterminate = picked === "some";
        }}
        readOnly
        tabIndex={-1}
        aria-label={t("runs.selectAll")}
      />
    </span>
  );
}

interface CellProps {
  column: Column;
  at: number;
  sort: readonly Sort[];
  active: boolean;
  acts: HeadActs;
  before?: React.ReactNode;
  dragged?: boolean;
  onDrag?: (x: number) => void;
  onDrop?: (x: number | null) => void;
}

function HeadCell({ column, at, sort, active, acts, before, dragged, onDrag, onDrop }: CellProps) {
  const { t } = useTranslation();
  const name = useFieldName();
  const { field, width, x } = column;
  const { kind } = fieldOf(field);
  const start = useRef<number | null>(null);
  const dragging = useRef(false);
  const key = sort.findIndex((one) => one.field === field);
  const sorted = sort[key];
  const title = name(field);
  return (
    // biome-ignore lint/a11y/useSemanticElements: what a table has cannot be drawn out of its flow
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus and names its active cell
    <div
      role="columnheader"
      id={cellId(-1, at)}
      aria-colindex={at + 1}
      aria-sort={sorted ? (sorted.down ? "descending" : "ascending") : undefined}
      className={`run-title ${kind} ${isNumeric(field) ? "numeric" : ""} ${active ? "active" : ""} ${dragged ? "dragged" : ""}`}
      style={{ insetInlineStart: x, inlineSize: width }}
      data-column={at}
    >
      {before}
      <button
        type="button"
        tabIndex={-1}
        className="run-sort"
        title={title.long}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          start.current = event.clientX;
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={(event) => {
          if (start.current === null || !onDrag) return;
          if (!dragging.current && Math.abs(event.clientX - start.current) < 6) return;
          dragging.current = true;
          onDrag(event.clientX);
        }}
        onPointerCancel={() => {
          start.current = null;
          dragging.current = false;
          onDrop?.(null);
        }}
        onPointerUp={(event) => {
          start.current = null;
          if (!dragging.current) return;
          onDrop?.(event.clientX);
        }}
        onClick={(event) => {
          if (!dragging.current && kind !== "curves" && field !== "experiment")
            acts.sort(field, event.shiftKey);
          dragging.current = false;
        }}
        onContextMenu={(event) => {
          event.preventDefault();
          acts.menu(field, event.currentTarget.getBoundingClientRect());
        }}
      >
        <span className="cut">{title.short}</span>
        {title.stat && <span className="run-stat">{title.stat}</span>}
        {sorted && (sorted.down ? <ArrowDown /> : <ArrowUp />)}
        {sorted && sort.length > 1 && <span className="run-sort-place">{key + 1}</span>}
      </button>
      <button
        type="button"
        tabIndex={-1}
        className="run-more"
        aria-label={t("runs.columnMenu", { name: title.long })}
        onClick={(event) => {
          const cell = event.currentTarget.parentElement ?? event.currentTarget;
          acts.menu(field, cell.getBoundingClientRect());
        }}
      >
        <ChevronDown />
      </button>
      <Resizer field={field} width={width} set={acts.width} />
    </div>
  );
}

function Resizer({ field, width, set }: { field: string; width: number; set: HeadActs["width"] }) {
  const from = useRef(0);
  const now = (x: number) => Math.round(Math.min(800, Math.max(56, x - from.current)));
  return (
    <div
      className="run-resize"
      onPointerDown={(event) => {
        event.stopPropagation();
        from.current = event.clientX - width;
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => event.buttons === 1 && set(field, now(event.clientX), false)}
      onPointerUp={(event) => set(field, now(event.clientX), true)}
    />
  );
}
