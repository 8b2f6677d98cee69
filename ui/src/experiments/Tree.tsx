// biome-ignore-all lint/a11y/useSemanticElements: only what is in view is laid out, which a <table> cannot do
import { useNavigate } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useKeys } from "../kit/useKeys";
import { useSettings } from "../state/settings";
import type { Changing } from "./Change";
import { experimentsIn, type Row } from "./places";
import { TreeRow } from "./TreeRow";
import "./Tree.css";

interface Props {
  rows: readonly Row[];
  setOpen: (path: string, open: boolean) => void;
  chosen: ReadonlySet<string>;
  setChosen: (ids: ReadonlySet<string>) => void;
  change: (change: Changing) => void;
}

const HEIGHTS = { compact: 28, normal: 34, roomy: 42 };

/** The rows of the tree; only those in sight exist. One of them has the focus, and arrow keys move it. */
export function Tree({ rows, setOpen, chosen, setChosen, change }: Props) {
  const { t } = useTranslation();
  const { density } = useSettings();
  const go = useNavigate();
  const grid = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(0);
  const [margin, setMargin] = useState(0);
  const focused = Math.min(at, rows.length - 1);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => document.getElementById("main"),
    estimateSize: () => HEIGHTS[density],
    getItemKey: (index) => rows[index]?.place.path ?? index,
    overscan: 12,
    scrollMargin: margin,
  });
  useLayoutEffect(() => {
    // What stands above the tree comes and goes: where it begins is measured anew at each drawing.
    const top = grid.current?.offsetTop ?? 0;
    if (top !== margin) setMargin(top);
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: heights are measured anew when the density changes
  useLayoutEffect(() => virtual.measure(), [density]);

  const focus = (index: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, index));
    setAt(next);
    virtual.scrollToIndex(next);
    const row = () => grid.current?.querySelector<HTMLElement>(`[data-index="${next}"]`);
    // At once where the row is drawn: the next key may be pressed before the next frame.
    if (row()) row()?.focus({ preventScroll: true });
    else requestAnimationFrame(() => row()?.focus({ preventScroll: true }));
  };
  const choose = (row: Row, on: boolean) => {
    const ids = experimentsIn(row.place).map(({ experiment_id }) => experiment_id);
    const next = new Set(chosen);
    for (const id of ids) on ? next.add(id) : next.delete(id);
    setChosen(next);
  };
  const visit = ({ place }: Row) =>
    place.experiment && place.places.length === 0
      ? go({ to: "/experiments/$ids", params: { ids: place.experiment.experiment_id } })
      : go({ to: "/folders/$", params: { _splat: place.path } });
  const press = (event: React.KeyboardEvent) => {
    const row = rows[focused];
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target !== event.currentTarget.querySelector(`[data-index="${focused}"]`)) return;
    const { open, level, place } = row;
    const folder = place.places.length > 0;
    switch (event.key) {
      case "ArrowDown":
        focus(focused + 1);
        break;
      case "ArrowUp":
        focus(focused - 1);
        break;
      case "Home":
        focus(0);
        break;
      case "End":
        focus(rows.length - 1);
        break;
      case "PageDown":
        focus(focused + 15);
        break;
      case "PageUp":
        focus(focused - 15);
        break;
      case "ArrowRight":
        if (folder && !open) setOpen(place.path, true);
        else focus(focused + 1);
        break;
      case "ArrowLeft":
        if (folder && open) setOpen(place.path, false);
        else focus(parentOf(rows, focused, level));
        break;
      case "Enter":
        visit(row);
        break;
      case " ":
        choose(row, !isChosen(row, chosen));
        break;
      default:
        return;
    }
    event.preventDefault();
  };
  const current = rows[focused];
  useKeys(t("experiments.title"), [
    { keys: "j", label: t("experiments.next"), run: () => focus(focused + 1) },
    { keys: "k", label: t("experiments.previous"), run: () => focus(focused - 1) },
    {
      keys: "x",
      label: t("experiments.chooseOne"),
      run: () => current && choose(current, !isChosen(current, chosen)),
    },
    {
      keys: "F2",
      label: t("experiments.rename"),
      run: () => current && change({ do: "rename", place: current.place }),
    },
    {
      keys: "Delete",
      label: t("experiments.delete"),
      run: () => current && change({ do: "delete", experiments: experimentsIn(current.place) }),
    },
  ]);

  return (
    <div
      role="treegrid"
      className="tree"
      aria-label={t("experiments.title")}
      aria-rowcount={rows.length}
      tabIndex={-1}
      onKeyDown={press}
    >
      <div role="row" className="tree-head" tabIndex={-1}>
        <span role="columnheader" tabIndex={-1} className="unseen">
          {t("experiments.chooseOne")}
        </span>
        <span role="columnheader" tabIndex={-1} className="tree-head-name">
          {t("experiments.name")}
        </span>
        <span role="columnheader" tabIndex={-1} className="number">
          {t("shell.runs")}
        </span>
        <span role="columnheader" tabIndex={-1} className="tree-last number">
          {t("experiments.last")}
        </span>
        <span role="columnheader" tabIndex={-1} className="unseen">
          {t("experiments.actions")}
        </span>
      </div>
      <div ref={grid} role="rowgroup" className="tree-rows" style={{ blockSize: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, key, start, size }) => {
          const row = rows[index];
          return (
            row && (
              <TreeRow
                key={key}
                row={row}
                index={index}
                focused={index === focused}
                take={() => setAt(index)}
                on={isChosen(row, chosen)}
                choose={(on) => choose(row, on)}
                setOpen={(open) => setOpen(row.place.path, open)}
                change={change}
                style={{ blockSize: size, transform: `translateY(${start - margin}px)` }}
              />
            )
          );
        })}
      </div>
    </div>
  );
}

function isChosen({ place }: Row, chosen: ReadonlySet<string>): boolean {
  if (chosen.size === 0) return false;
  const inside = experimentsIn(place);
  return inside.length > 0 && inside.every(({ experiment_id }) => chosen.has(experiment_id));
}

function parentOf(rows: readonly Row[], index: number, level: number): number {
  for (let at = index - 1; at >= 0; at -= 1) if ((rows[at]?.level ?? 0) < level) return at;
  return index;
}
