import { ChevronRight, GripVertical } from "lucide-react";
import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { count } from "../kit/format";
import { MenuItem } from "../kit/Menu";
import { GridCard } from "./GridCard";
import type { GridCardProps } from "./gridCard";
import {
  type Card,
  type ChartsState,
  COMPARING,
  configured,
  HEIGHTS,
  isOpen,
  move,
  removed,
  type Section,
  shifted,
  sized,
  sizeOf,
  turned,
  WIDEST,
} from "./layout";
import type { CurveOptions, RunGroup } from "./shown";

interface Props extends Omit<GridCardProps, "card" | "configure" | "height" | "menu" | "grip"> {
  section: Section;
  state: ChartsState;
  change: (next: ChartsState) => void;
  groups: readonly RunGroup[] | undefined;
  options: CurveOptions;
  /** How many columns the grid has. */
  columns: number;
}

/** Charts under one heading, which can be shut; each can be moved, made larger, removed. */
export function GridSection({ section, state, change, columns, ...given }: Props) {
  const { t } = useTranslation();
  const [dragged, setDragged] = useState("");
  const [over, setOver] = useState("");
  const [said, setSaid] = useState("");
  const open = isOpen(state, section.name);
  const { cards } = section;
  const title =
    section.name === COMPARING
      ? t("charts.comparing")
      : section.name
        ? section.name.slice(0, -1)
        : t("charts.metrics");

  const shift = (card: Card, by: -1 | 1) => {
    const next = shifted(state, section, card.id, by);
    if (next === state) return;
    change(next);
    const place = cards.indexOf(card) + 1 + by;
    setSaid(t("charts.movedTo", { place, count: cards.length }));
  };
  const drop = (target: string) => {
    if (dragged && target !== dragged) {
      const from = cards.findIndex(({ id }) => id === dragged);
      const to = cards.findIndex(({ id }) => id === target);
      // Dragged to the right, a card stands behind the one it is dropped on.
      const before = from < to ? (cards[to + 1]?.id ?? "") : target;
      if (from >= 0 && to >= 0) change(move(state, dragged, before));
    }
    setDragged("");
    setOver("");
  };

  return (
    <section className="grid-section" aria-label={title}>
      <h3>
        <button
          type="button"
          className="grid-heading"
          aria-expanded={open}
          onClick={() => change(turned(state, section.name))}
        >
          <ChevronRight className="grid-arrow" aria-hidden="true" />
          {title}
          <span className="quiet">{count(cards.length)}</span>
        </button>
      </h3>
      <div className="unseen" role="status">
        {said}
      </div>
      {open && (
        <div className="chart-grid" style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}>
          {cards.map((card) => {
            const [width, height] = sizeOf(state, card);
            const size = (wide: number, high: number) =>
              change(sized(state, card, [width + wide, height + high]));
            return (
              // biome-ignore lint/a11y/noStaticElementInteractions: a place to drop on; the menu moves cards, too
              <div
                key={card.id}
                className={`grid-place ${over === card.id && dragged !== card.id ? "over" : ""}`}
                style={{ gridColumn: `span ${Math.min(width, columns)}` }}
                onDragOver={(event) => {
                  if (!dragged) return;
                  event.preventDefault();
                  setOver(card.id);
                }}
                onDrop={() => drop(card.id)}
              >
                <GridCard
                  {...given}
                  card={card}
                  configure={(fields) => change(configured(state, card.id, fields))}
                  height={HEIGHTS[height] ?? HEIGHTS[1]}
                  grip={
                    <button
                      type="button"
                      className="chart-grip"
                      draggable
                      aria-label={t("charts.grip")}
                      title={t("charts.grip")}
                      onDragStart={(event) => {
                        event.dataTransfer.effectAllowed = "move";
                        event.dataTransfer.setData("text/plain", card.id);
                        setDragged(card.id);
                      }}
                      onDragEnd={() => drop("")}
                      onKeyDown={(event: KeyboardEvent) => {
                        const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
                        if (by === undefined) return;
                        event.preventDefault();
                        shift(card, by as -1 | 1);
                      }}
                    >
                      <GripVertical aria-hidden="true" />
                    </button>
                  }
                  menu={
                    <>
                      <MenuItem onSelect={() => shift(card, -1)} disabled={card === cards[0]}>
                        {t("charts.moveLeft")}
                      </MenuItem>
                      <MenuItem onSelect={() => shift(card, 1)} disabled={card === cards.at(-1)}>
                        {t("charts.moveRight")}
                      </MenuItem>
                      <MenuItem onSelect={() => size(1, 0)} disabled={width >= Math.min(WIDEST, columns)}>
                        {t("charts.wider")}
                      </MenuItem>
                      <MenuItem onSelect={() => size(-1, 0)} disabled={width <= 1}>
                        {t("charts.narrower")}
                      </MenuItem>
                      <MenuItem onSelect={() => size(0, 1)} disabled={height >= HEIGHTS.length - 1}>
                        {t("charts.taller")}
                      </MenuItem>
                      <MenuItem onSelect={() => size(0, -1)} disabled={height <= 0}>
                        {t("charts.lower")}
                      </MenuItem>
                      <MenuItem onSelect={() => change(removed(state, card.id))}>
                        {t("charts.remove")}
                      </MenuItem>
                    </>
                  }
                />
                <Corner resize={(wide, high) => size(wide, high)} />
              </div>
            );
          })}
        </div>
      )}
    </section>
  );
}

/** The corner by which a card is made larger: a step for each third of a card that it is dragged. */
function Corner({ resize }: { resize: (wide: number, high: number) => void }) {
  const start = useRef<{ x: number; y: number } | null>(null);
  const steps = (distance: number, each: number) => Math.trunc(distance / each);
  return (
    <span
      className="chart-corner"
      aria-hidden="true"
      onPointerDown={(event: PointerEvent) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = { x: event.clientX, y: event.clientY };
      }}
      onPointerUp={(event: PointerEvent) => {
        const from = start.current;
        start.current = null;
        if (!from) return;
        const [wide, high] = [steps(event.clientX - from.x, 120), steps(event.clientY - from.y, 50)];
        if (wide !== 0 || high !== 0) resize(wide, high);
      }}
    />
  );
}
