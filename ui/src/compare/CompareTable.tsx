// biome-ignore-all lint/a11y/useSemanticElements: only what is in view is laid out, which a <table> cannot do
// biome-ignore-all lint/a11y/useFocusableInteractive: rows and cells are read; what can be done is a button in them
import { useVirtualizer } from "@tanstack/react-virtual";
import { ChevronDown, ChevronRight } from "lucide-react";
import { useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { count } from "../kit/format";
import { bestOf, type Direction } from "./best";
import { ColumnHead } from "./ColumnHead";
import type { Compared } from "./CompareScreen";
import type { Line, Row, SectionId } from "./lines";
import { useWidth } from "./useWidth";
import { Value } from "./Value";
import "./CompareTable.css";

interface Props {
  compared: Compared[];
  rows: Row[];
  /** Which column the others are compared with. */
  base: number;
  dim: boolean;
  /** The line that one is at. */
  at: string | undefined;
  direction: (key: string) => Direction;
  turn: (key: string) => void;
  fold: (section: SectionId) => void;
  open: (line: Line) => void;
  setBase: (id: string) => void;
  remove: (id: string) => void;
  move: (id: string, by: number) => void;
}

const HEAD = 62;
const ROW = 30;
const NARROWEST = 192;
const WIDEST = 520;

/** Lines by runs, virtual in both directions; names of lines and of runs stay in view. */
export function CompareTable(props: Props) {
  const { compared, rows, base, dim, at, direction, turn, fold, open } = props;
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const names = width < 640 ? 132 : Math.min(300, Math.max(180, width * 0.24));
  const column = Math.min(WIDEST, Math.max(NARROWEST, Math.floor((width - names - 2) / compared.length)));
  const down = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 10,
    paddingStart: HEAD,
    scrollPaddingStart: HEAD + ROW,
    initialRect: { width: 1200, height: 800 },
  });
  const across = useVirtualizer({
    horizontal: true,
    count: compared.length,
    getScrollElement: () => box.current,
    estimateSize: () => column,
    overscan: 2,
    paddingStart: names,
    initialRect: { width: 1200, height: 800 },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the virtualizer keeps sizes until it is told
  useEffect(() => across.measure(), [column, names]);
  const place = rows.findIndex((row) => row.id === at);
  // biome-ignore lint/correctness/useExhaustiveDependencies: scrolls when one goes elsewhere, not when rows change
  useEffect(() => {
    if (place >= 0) down.scrollToIndex(place, { align: "center" });
  }, [at]);
  const columns = across.getVirtualItems();
  return (
    <div
      ref={box}
      className="ctable"
      role="table"
      aria-label={t("compare.table")}
      aria-rowcount={rows.length + 1}
      aria-colcount={compared.length + 1}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
    >
      <div
        role="rowgroup"
        className="ctable-head"
        style={{ inlineSize: across.getTotalSize(), blockSize: HEAD }}
      >
        <div role="row" aria-rowindex={1} className="ctable-row">
          <span role="columnheader" className="ctable-name" style={{ inlineSize: names }}>
            <span className="unseen">{t("compare.name")}</span>
          </span>
          {columns.map(({ index, start, size }) => {
            const one = compared[index];
            return (
              one && (
                <ColumnHead
                  key={one.run_id}
                  one={one}
                  index={index}
                  isBase={index === base}
                  last={index === compared.length - 1}
                  start={start}
                  size={size}
                  setBase={props.setBase}
                  remove={props.remove}
                  move={props.move}
                />
              )
            );
          })}
        </div>
      </div>
      <div
        role="rowgroup"
        className="ctable-body"
        style={{ blockSize: Math.max(0, down.getTotalSize() - HEAD), inlineSize: across.getTotalSize() }}
      >
        {down.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          if (!row) return null;
          const style = { transform: `translateY(${start - HEAD}px)`, blockSize: ROW };
          return row.kind === "section" ? (
            <div
              key={row.id}
              role="row"
              aria-rowindex={index + 2}
              className="ctable-row section-row"
              style={style}
            >
              <span role="rowheader" className="ctable-section">
                <button type="button" aria-expanded={!row.shut} onClick={() => fold(row.section)}>
                  {row.shut ? <ChevronRight aria-hidden="true" /> : <ChevronDown aria-hidden="true" />}
                  {t(`compare.sections.${row.section}`)}
                  {row.lines > 0 && (
                    <span className="quiet">
                      {t("compare.sectionCount", {
                        differing: count(row.differing),
                        count: row.lines,
                        counted: count(row.lines),
                      })}
                    </span>
                  )}
                </button>
              </span>
            </div>
          ) : (
            <LineRow
              key={row.id}
              line={row.line}
              index={index}
              style={style}
              names={names}
              columns={columns}
              base={base}
              dim={dim}
              here={row.id === at}
              direction={row.line.section === "metrics" ? direction(row.line.key) : "none"}
              turn={turn}
              open={open}
            />
          );
        })}
      </div>
      {rows.length === 0 && <p className="ctable-none quiet">{t("compare.nothing")}</p>}
    </div>
  );
}

interface LineProps {
  line: Line;
  index: number;
  style: { transform: string; blockSize: number };
  names: number;
  columns: { index: number; start: number; size: number }[];
  base: number;
  dim: boolean;
  here: boolean;
  direction: Direction;
  turn: (key: string) => void;
  open: (line: Line) => void;
}

function LineRow({ line, index, style, names, columns, base, dim, here, direction, turn, open }: LineProps) {
  const { t } = useTranslation();
  const best = useMemo(() => bestOf(line.numbers, direction), [line, direction]);
  const metric = line.section === "metrics";
  const key =
    line.section === "run" || line.section === "source" || line.section === "machine"
      ? t(`compare.keys.${line.key}` as "compare.keys.status", { defaultValue: line.key })
      : line.key;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-current={here ? "true" : undefined}
      className={`ctable-row ${line.differs ? "differs" : ""}`}
      style={style}
    >
      <span role="rowheader" className="ctable-name" style={{ inlineSize: names }}>
        <button type="button" className="cut" title={key} onClick={() => open(line)}>
          {key}
        </button>
        {metric && (
          <button
            type="button"
            className="ctable-turn"
            title={t(`compare.better.${direction}`)}
            aria-label={t(`compare.better.${direction}`)}
            onClick={() => turn(line.key)}
          >
            {direction === "higher" ? "↑" : direction === "lower" ? "↓" : "↕"}
          </button>
        )}
      </span>
      {columns.map((column) => (
        <span
          key={column.index}
          role="cell"
          aria-colindex={column.index + 2}
          className={`ctable-cell ${metric ? "number" : ""}`}
          style={{ insetInlineStart: column.start, inlineSize: column.size }}
        >
          <Value
            line={line}
            at={column.index}
            base={base}
            dim={dim}
            best={best.has(column.index)}
            direction={direction}
          />
        </span>
      ))}
    </div>
  );
}
