import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Column, type Layout, layout as laidOut } from "./columns";
import { cellId } from "./GridRow";
import { GroupRow } from "./GroupRow";
import { type HeadActs, HeadRow } from "./HeadRow";
import { type Act, gridKey } from "./keys";
import type { Line } from "./lines";
import { Row } from "./Row";
import type { RunsState } from "./search";
import { has, type Selection } from "./select";
import { useGridScroll } from "./useGridScroll";
import { useNeeds } from "./useNeeds";
import { useRollUps } from "./useRollUps";
import type { Runs } from "./useRuns";
import { useRowWords } from "./words";
import "./RunsTable.css";

export interface TableActs {
  /** What a click or a key on a line means. */
  act: (act: Act, line: number, field: string | null, beside?: DOMRect) => void;
  pick: (line: number, how: "one" | "range" | "add") => void;
  pickAll: () => void;
  head: HeadActs;
}

interface Props {
  runs: Runs;
  columns: string[];
  state: RunsState;
  selection: Selection;
  rowHeight: number;
  acts: TableActs;
  /** The columns that are seen now: they come first with the next page. */
  onSeen: (fields: string[]) => void;
  atTop: React.RefObject<() => boolean>;
  experiments: ReadonlyMap<string, string>;
  label: string;
  /** For tests and for the first drawing: the view's size where none can be measured. */
  narrow: boolean;
}

const HEAD = 34;
/** Columns on either side that are asked for before they come into sight. */
const NEAR = 6;
const SHARE_OF_PINS = 0.4;

/** All runs as a table of which only what is seen exists: a grid with one focus, whose active cell it names. */
export function RunsTable(props: Props) {
  const { runs, columns, state, selection, rowHeight, acts, onSeen, atTop, experiments, label, narrow } =
    props;
  const { t } = useTranslation();
  const words = useRowWords();
  const { lines, rows } = runs;
  const [dragged, setDragged] = useState<Record<string, number>>({});
  const [active, setActive] = useState({ line: 0, column: 0 });
  const [now] = useState(() => Date.now());
  const layout = useMemo<Layout>(
    () =>
      laidOut(columns, {
        widths: { ...(narrow && { run_name: 184 }), ...state.widths, ...dragged },
        keep: narrow ? 0 : state.keep,
        by: state.by,
        base: state.base,
      }),
    [columns, state.widths, state.keep, state.by, state.base, dragged, narrow],
  );
  const [viewHeight, setViewHeight] = useState(600);
  const stuck = Math.min(runs.pinned, Math.max(1, Math.floor((viewHeight * SHARE_OF_PINS) / rowHeight)));
  const above = HEAD + stuck * rowHeight;
  const scroll = useGridScroll({
    count: lines.count - stuck,
    row: rowHeight,
    above,
    columns: layout.rest,
    kept: layout.keptWidth,
  });
  const { window, sizes } = scroll;
  atTop.current = scroll.atTop;
  useEffect(() => setViewHeight(sizes.height || 600), [sizes.height]);

  const first = window.first + stuck;
  const last = window.last + stuck;
  const seenFields = useMemo(() => {
    const rest = layout.rest.slice(window.left, window.right);
    return [...layout.kept, ...rest].map(({ field }) => field);
  }, [layout, window.left, window.right]);
  useEffect(() => onSeen(seenFields), [onSeen, seenFields]);

  const nearFields = useMemo(() => {
    const rest = layout.rest.slice(Math.max(0, window.left - NEAR), window.right + NEAR);
    return [...layout.kept, ...rest].map(({ field }) => field);
  }, [layout, window.left, window.right]);
  useNeeds(runs, stuck, first, last, window.down, nearFields);
  const rolled = useRollUps(runs, state, seenFields, first, last);
  const base = state.base ? rows.byRunId(state.base) : undefined;
  const open = useMemo(() => new Set(state.open), [state.open]);
  const unseen = useMemo(() => new Set(state.eye), [state.eye]);
  const fields: Column[] = [...layout.kept, ...layout.rest];
  const width = layout.keptWidth + layout.restWidth;
  const nested = state.by.length > 0 || runs.where.roots === true;

  const draw = (line: number, top: number, key: string | number) => {
    const what = lines.at(line);
    if (!what) return null;
    const shared = {
      line,
      top,
      layout,
      left: window.left,
      right: window.right,
      active: active.line === line ? active.column : null,
      words,
    };
    if (what.kind === "group")
      return (
        <GroupRow
          key={key}
          {...shared}
          group={what.group}
          by={state.by}
          metrics={runs.groups.metrics}
          open={what.open}
        />
      );
    const id = what.list.at(what.place);
    const known = rows.get(id);
    const run = known?.run;
    return (
      <Row
        key={key}
        {...shared}
        known={known}
        depth={what.depth}
        opens={runs.where.roots === true && !what.pinned && (run?.children ?? 0) > 0}
        open={run !== undefined && open.has(run.run_id)}
        tint={run && state.tints[run.run_id]}
        selected={id !== undefined && has(selection, id)}
        unseen={run !== undefined && unseen.has(run.run_id)}
        pinned={what.pinned}
        base={base}
        isBase={run !== undefined && run.run_id === state.base}
        best={run && rolled.get(run.run_id)}
        now={run?.status === "RUNNING" ? now : 0}
        experiment={run && experiments.get(run.experiment_id)}
      />
    );
  };

  const show = useCallback(
    (line: number, column: number) => {
      if (line >= stuck) scroll.showLine(line - stuck);
      const it = layout.rest[column - 1 - layout.kept.length];
      if (it) scroll.showColumn(it);
      setActive({ line, column });
    },
    [scroll, layout, stuck],
  );
  const onKeyDown = (event: React.KeyboardEvent) => {
    const page = Math.max(1, last - first - 5);
    const done = gridKey(event, { ...active, lines: lines.count, columns: fields.length + 1, page });
    if (!done) return;
    event.preventDefault();
    const field = active.column === 0 ? "run_name" : (fields[active.column - 1]?.field ?? null);
    if (done.kind === "go") {
      const what = lines.at(active.line);
      const folds = done.fold && what && active.column === 0 && foldable(what, runs, open);
      if (folds && folds === done.fold) return acts.act("unfold", active.line, field);
      show(done.line, done.column);
      if (done.extend) acts.pick(done.line, "range");
    } else if (done.kind === "pick") acts.pick(active.line, done.range ? "range" : "add");
    else if (done.kind === "pickAll") acts.pickAll();
    else if (done.kind === "sort" && field) acts.head.sort(field, done.more);
    else if (done.kind === "move" && field) {
      if (active.column === 0) return;
      const to = Math.min(fields.length - 1, Math.max(0, active.column - 1 + done.by));
      acts.head.drop(field, to + (done.by > 0 ? 1 : 0));
      show(-1, to + 1);
    } else if (done.kind === "width" && field) {
      const width = active.column === 0 ? layout.nameWidth : (fields[active.column - 1]?.width ?? 100);
      acts.head.width(field, Math.max(56, width + done.by), true);
    } else if (done.kind === "act") {
      const box = document.getElementById(cellId(active.line, active.column))?.getBoundingClientRect();
      if (active.line < 0 && field && box && done.act === "menu") acts.head.menu(field, box);
      else if (active.line >= 0) acts.act(done.act, active.line, field, box);
    }
  };

  const onClick = (event: React.MouseEvent) => {
    const target = event.target as HTMLElement;
    const act = target.closest<HTMLElement>("[data-act]")?.dataset.act;
    if (act === "pick-all") return acts.pickAll();
    const row = target.closest<HTMLElement>("[data-line]");
    if (!row) return;
    const line = Number(row.dataset.line);
    const column = Number(target.closest<HTMLElement>("[data-column]")?.dataset.column ?? 0);
    setActive({ line, column });
    if (act === "go") {
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
      event.preventDefault();
    }
    if (act === "pick") acts.pick(line, event.shiftKey ? "range" : "add");
    else if (act === "go" || act === "eye" || act === "unfold") acts.act(act, line, null);
    else if (lines.at(line)?.kind === "group") acts.act("unfold", line, null);
    else acts.pick(line, event.shiftKey ? "range" : event.metaKey || event.ctrlKey ? "add" : "one");
  };
  const onMenu = (event: React.MouseEvent) => {
    const target = event.target as HTMLElement;
    const row = target.closest<HTMLElement>("[data-line]");
    if (!row) return;
    event.preventDefault();
    const line = Number(row.dataset.line);
    const column = Number(target.closest<HTMLElement>("[data-column]")?.dataset.column ?? 0);
    setActive({ line, column });
    const field = column === 0 ? "run_name" : (fields[column - 1]?.field ?? null);
    acts.act("menu", line, field, new DOMRect(event.clientX, event.clientY, 0, 0));
  };
  const head = useMemo<HeadActs>(
    () => ({
      ...acts.head,
      width: (field, width, done) => {
        setDragged(done ? {} : { [field]: width });
        if (done) acts.head.width(field, width, true);
      },
    }),
    [acts.head],
  );

  // A question with fewer lines: the active one is the last of them.
  useLayoutEffect(() => {
    if (active.line >= lines.count && lines.count > 0)
      setActive((old) => ({ ...old, line: lines.count - 1 }));
  }, [active.line, lines.count]);
  const pool = useRef(1);
  pool.current = Math.max(pool.current, last - first + 1);
  const drawnHere = active.line < stuck || (active.line >= first && active.line < last);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: its role is grid or treegrid
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: as above
    <div
      ref={scroll.scroller}
      className={`run-grid ${runs.late ? "late" : ""}`}
      role={nested ? "treegrid" : "grid"}
      aria-label={label}
      aria-rowcount={lines.count + 1}
      aria-colcount={fields.length + 1}
      aria-multiselectable="true"
      aria-busy={runs.late}
      aria-activedescendant={drawnHere ? cellId(active.line, active.column) : undefined}
      tabIndex={0}
      onScroll={scroll.onScroll}
      onKeyDown={onKeyDown}
      onClick={onClick}
      onContextMenu={onMenu}
      style={{ "--row-px": `${rowHeight}px`, "--head-px": `${HEAD}px` } as React.CSSProperties}
    >
      <div className="run-canvas" style={{ inlineSize: width, blockSize: above + scroll.tall }}>
        <div
          className="run-view"
          ref={scroll.view}
          style={{ inlineSize: sizes.width || "100%", blockSize: sizes.height || "100%" }}
        >
          {/* biome-ignore lint/a11y/useSemanticElements: what a table has cannot be drawn out of its flow */}
          <div role="rowgroup">
            <HeadRow
              layout={layout}
              left={window.left}
              right={window.right}
              sort={state.sort}
              active={active.line < 0 ? active.column : null}
              picked={selection.all ? "all" : selection.ids.size > 0 ? "some" : "none"}
              acts={head}
            />
          </div>
          {stuck > 0 && (
            // biome-ignore lint/a11y/useSemanticElements: as above
            <div role="rowgroup" className="run-pins" aria-label={t("runs.pinned")}>
              {Array.from({ length: stuck }, (_, line) => draw(line, line * rowHeight, `p${line}`))}
            </div>
          )}
          {/* biome-ignore lint/a11y/useSemanticElements: as above */}
          <div role="rowgroup" className="run-body" style={{ insetBlockStart: above }}>
            <div ref={scroll.layer} className="run-layer" role="presentation">
              {Array.from({ length: Math.max(0, last - first) }, (_, at) => {
                const line = first + at;
                return draw(line, (line - stuck - window.anchor) * rowHeight, line % pool.current);
              })}
            </div>
          </div>
        </div>
      </div>
    </div>
  );
}

/** What an arrow on the name does: `open` a closed one, `close` an open one; null: it holds nothing. */
function foldable(line: Line, runs: Runs, open: ReadonlySet<string>): "open" | "close" | null {
  if (line.kind === "group") return line.open ? "close" : "open";
  const run = runs.rows.get(line.list.at(line.place))?.run;
  if (!run || !runs.where.roots || run.children === 0) return null;
  return open.has(run.run_id) ? "close" : "open";
}
