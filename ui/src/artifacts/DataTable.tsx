// biome-ignore-all lint/a11y/useSemanticElements: only what is in view is laid out, which a <table> cannot do
// biome-ignore-all lint/a11y/useFocusableInteractive: the table is read, not operated; its scroller takes the focus
import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { count } from "../kit/format";
import { Problem } from "../kit/Problem";
import { type Cell, pagesOf, type TableColumn, type TableSource, widthsOf } from "./table";
import "./DataTable.css";

const PAGE = 200;
const ROW = 26;
/** Pages that are kept; others are asked for again. */
const KEPT = 60;

/** A table of any length and width, of which only what is in view is loaded and drawn. */
export function DataTable({ source, label }: { source: TableSource; label: string }) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const { cells, rows, error, want, retry } = useRows(source);
  const [widths, setWidths] = useState<number[]>(() => widthsOf(source.columns, []));
  const latest = [...cells.values()].at(-1);
  useEffect(() => {
    // What was loaded last may be wider than what came before; nothing becomes narrower under the reader's eyes.
    if (latest) setWidths((now) => grown(now, widthsOf(source.columns, latest)));
  }, [source, latest]);

  const down = useVirtualizer({
    count: rows,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 12,
    initialRect: { width: 800, height: 500 },
  });
  const gutter = 20 + String(source.estimate).length * 9;
  const across = useVirtualizer({
    horizontal: true,
    count: source.columns.length,
    getScrollElement: () => box.current,
    estimateSize: (at) => widths[at] ?? 100,
    overscan: 4,
    paddingStart: gutter,
    initialRect: { width: 800, height: 500 },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the virtualizer keeps sizes until it is told
  useEffect(() => across.measure(), [widths]);
  const seen = down.getVirtualItems();
  const from = seen[0]?.index ?? 0;
  const to = (seen.at(-1)?.index ?? PAGE) + 1;
  useEffect(() => want(from, to), [want, from, to]);

  if (error) return <Problem error={error} retry={retry} />;
  const columns = across.getVirtualItems();
  return (
    <>
      <div
        ref={box}
        className="dtable"
        role="table"
        aria-label={label}
        aria-rowcount={source.whole ? rows + 1 : -1}
        aria-colcount={source.columns.length}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
      >
        <div role="rowgroup" className="dtable-head" style={{ inlineSize: across.getTotalSize() }}>
          <div role="row" className="dtable-row" aria-rowindex={1}>
            <span role="columnheader" className="dtable-index" style={{ inlineSize: gutter }}>
              <span className="unseen">{t("artifacts.row")}</span>
            </span>
            {columns.map(({ index, start, size }) => (
              <Head key={index} column={source.columns[index]} index={index} start={start} size={size} />
            ))}
          </div>
        </div>
        <div role="rowgroup" style={{ blockSize: down.getTotalSize(), inlineSize: across.getTotalSize() }}>
          {seen.map(({ index, start }) => {
            const row = cells.get(Math.floor(index / PAGE))?.[index % PAGE];
            return (
              <div
                key={index}
                role="row"
                aria-rowindex={index + 2}
                className="dtable-row"
                style={{ transform: `translateY(${start}px)` }}
              >
                <span role="rowheader" className="dtable-index number" style={{ inlineSize: gutter }}>
                  {count(index + 1)}
                </span>
                {columns.map((column) => (
                  <Value
                    key={column.index}
                    value={row?.[column.index]}
                    numeric={source.columns[column.index]?.numeric ?? false}
                    start={column.start}
                    size={column.size}
                  />
                ))}
              </div>
            );
          })}
        </div>
      </div>
      <p className="dtable-foot quiet">
        {source.whole
          ? t("artifacts.rows", { count: rows, counted: count(rows) })
          : t("artifacts.rowsAbout", { known: count(rows), all: count(source.estimate) })}
        {" · "}
        {t("artifacts.columns", { count: source.columns.length })}
        {source.more ? ` · ${t("artifacts.columnsCut", { count: source.more })}` : ""}
      </p>
    </>
  );
}

function grown(now: number[], wanted: number[]): number[] {
  return wanted.every((width, at) => width <= (now[at] ?? 0))
    ? now
    : wanted.map((width, at) => Math.max(width, now[at] ?? 0));
}

interface Place {
  start: number;
  size: number;
}

function Head({ column, index, start, size }: Place & { column: TableColumn | undefined; index: number }) {
  return (
    <span
      role="columnheader"
      aria-colindex={index + 1}
      className={`dtable-cell cut ${column?.numeric ? "number" : ""}`}
      style={{ insetInlineStart: start, inlineSize: size }}
      title={column?.type ? `${column.name} · ${column.type}` : column?.name}
    >
      {column?.name}
    </span>
  );
}

function Value({ value, numeric, start, size }: Place & { value: Cell | undefined; numeric: boolean }) {
  const text = value === undefined || value === null ? "" : String(value);
  return (
    <span
      role="cell"
      className={`dtable-cell cut ${numeric ? "number" : ""}`}
      style={{ insetInlineStart: start, inlineSize: size }}
      title={text.length > 12 ? text.slice(0, 2000) : undefined}
    >
      {value === undefined ? <i className="dtable-wait" /> : text.slice(0, 300)}
    </span>
  );
}

/** The pages of a source that were looked at last. */
function useRows(source: TableSource) {
  const [state, setState] = useState<{ cells: Map<number, Cell[][]>; rows: number; error: unknown }>({
    cells: new Map(),
    rows: source.rows,
    error: undefined,
  });
  const asked = useRef(new Set<number>());
  const want = useCallback(
    (from: number, to: number) => {
      // At the end of what is known, one page more is wanted.
      const reach = !source.whole && to >= source.rows - PAGE / 2 ? to + PAGE : to;
      for (const page of pagesOf(from, reach, PAGE)) {
        if (asked.current.has(page)) continue;
        asked.current.add(page);
        source.load(page * PAGE, (page + 1) * PAGE).then(
          (found) =>
            setState((now) => {
              const cells = new Map(now.cells);
              // A page that is not whole yet is asked for again when more is known.
              if (found.length < PAGE && !source.whole) asked.current.delete(page);
              if (found.length > 0) cells.set(page, found);
              for (const old of cells.keys()) {
                if (cells.size <= KEPT) break;
                if (old !== 0 && old !== page) {
                  cells.delete(old);
                  asked.current.delete(old);
                }
              }
              return { cells, rows: source.rows, error: undefined };
            }),
          (error: unknown) => {
            asked.current.delete(page);
            setState((now) => ({ ...now, error }));
          },
        );
      }
    },
    [source],
  );
  const retry = useCallback(() => setState((now) => ({ ...now, error: undefined })), []);
  return useMemo(() => ({ ...state, want, retry }), [state, want, retry]);
}
