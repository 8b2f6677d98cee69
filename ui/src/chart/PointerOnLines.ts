/**
 * Follows the mouse or the arrow keys over a line chart: makes the nearest run stand out, says values in the tip, and tells
 * the other charts of the group; follows them in turn.
 */
import i18next from "i18next";
import type uPlot from "uplot";
import { number } from "../kit/format";
import { nearest } from "../series/align";
import { type Readout, readouts, runOf, xText } from "./lines";
import type { Drawing } from "./plot";
import { type PointedGroup, pointedGroup } from "./pointed";
import { hideTip, showTip, type TipRow } from "./tip";

const REACH = 28; // px: how near to a line makes its run stand out
const ROWS = 10;

export class PointerOnLines {
  private readonly group: PointedGroup;
  private readonly dot = element("i", "line-dot");
  private readonly readout = element("span", "line-readout");
  private readonly said = element("div", "unseen");
  private readonly unsubscribe: () => void;
  private following = false;
  private byKeys: { run: string; at: number } | null = null;

  constructor(
    private readonly plot: uPlot,
    private readonly now: () => Drawing,
    group: string,
  ) {
    this.group = pointedGroup(group);
    this.dot.hidden = true;
    this.said.setAttribute("aria-live", "polite");
    plot.over.append(this.dot);
    plot.root.append(this.readout, this.said);
    this.unsubscribe = this.group.subscribe(() => this.follow());
  }

  close(): void {
    this.unsubscribe();
    this.left();
    this.said.remove();
  }

  /** The place on x that is pointed at. */
  place(): number | null {
    return this.group.now.by === this ? this.group.now.x : null;
  }

  /** The plot's cursor has moved, or left. */
  moved(): void {
    if (this.following) return;
    const { left = -1, top = -1 } = this.plot.cursor;
    if (left < 0 || top < 0) {
      if (!this.byKeys) this.left();
      return;
    }
    this.byKeys = null;
    const place = this.plot.posToVal(left, "x");
    const near = this.near(place);
    const closest = this.closest(near, top);
    this.show(place, near, closest, left, top);
  }

  /** An arrow key: to the next point, or (up, down) to another run. Returns whether it was one. */
  pressed(key: string, far: boolean): boolean {
    const along = { ArrowLeft: -1, ArrowRight: 1, Home: -1e9, End: 1e9 }[key];
    const across = { ArrowUp: -1, ArrowDown: 1 }[key];
    if (along === undefined && across === undefined) return false;
    const lines = this.now().series.filter((one) => !one.faint && one.x.length > 0);
    if (lines.length === 0) return true;
    const known = lines.findIndex((one) => one.key === this.byKeys?.run);
    const which = (Math.max(known, 0) + (across ?? 0) + lines.length) % lines.length;
    const line = lines[which] as (typeof lines)[number];
    const before = lines[known];
    const start = before ? (before.x[this.byKeys?.at ?? 0] as number) : Number.NEGATIVE_INFINITY;
    const first = before ? nearest(line.x, start) : nearest(line.x, this.now().x[0]);
    const step = before && along ? along * (far ? 10 : 1) : 0;
    const at = Math.min(line.x.length - 1, Math.max(0, first + step));
    this.byKeys = { run: line.key, at };
    const [x, y] = [line.x[at] as number, line.y[at] as number];
    const [left, top] = [this.plot.valToPos(x, "x"), this.plot.valToPos(y, "y")];
    const here: Readout = { series: line, at, x, y };
    this.follows(() => this.plot.setCursor({ left, top: Number.isNaN(top) ? 0 : top }));
    this.show(x, this.near(x), here, left, top);
    this.said.textContent = `${line.label}: ${number(y)}, ${xText(this.now().kind, x)}`;
    return true;
  }

  left(): void {
    this.byKeys = null;
    this.dot.hidden = true;
    this.readout.textContent = "";
    hideTip();
    this.group.leave(this);
    this.stress(null);
  }

  /** Other lines are drawn now: the tip would be about older ones. */
  redrawn(): void {
    this.dot.hidden = true;
  }

  private near(place: number): Readout[] {
    const { series, x } = this.now();
    const reach = ((x[1] - x[0]) / Math.max(1, this.plot.over.clientWidth)) * 12;
    return readouts(series, place, reach);
  }

  private closest(near: readonly Readout[], top: number): Readout | null {
    let best: Readout | null = null;
    let least = REACH;
    for (const one of near) {
      const apart = Math.abs(this.plot.valToPos(one.y, "y") - top);
      if (apart < least) [best, least] = [one, apart];
    }
    return best;
  }

  private show(
    place: number,
    near: readonly Readout[],
    lit: Readout | null,
    left: number,
    top: number,
  ): void {
    const run = lit ? runOf(lit.series) : null;
    this.stress(run);
    this.group.point({ x: lit?.x ?? place, kind: this.now().kind, run, by: this });
    this.mark(lit);
    const box = this.plot.over.getBoundingClientRect();
    if (near.length === 0) {
      hideTip();
      return;
    }
    const order = [...near].sort((one, other) => other.y - one.y);
    const shown = order.slice(0, ROWS);
    if (lit && !shown.some((one) => one.series === lit.series)) shown[ROWS - 1] = lit;
    const rows = shown.map(
      (one): TipRow => ({
        colour: one.series.colour,
        label: one.series.label,
        value: valueText(one),
        lit: one.series === lit?.series,
      }),
    );
    const rest = order.length - shown.length;
    const title = xText(this.now().kind, lit?.x ?? place);
    showTip(
      box.left + left,
      box.top + top,
      title,
      rows,
      rest > 0 ? i18next.t("charts.more", { count: rest }) : "",
    );
  }

  private mark(lit: Readout | null): void {
    this.dot.hidden = lit === null || Number.isNaN(lit.y);
    if (!lit) return;
    const [x, y] = [this.plot.valToPos(lit.x, "x"), this.plot.valToPos(lit.y, "y")];
    this.dot.style.transform = `translate(${x - 4.5}px, ${y - 4.5}px)`;
    this.dot.style.background = lit.series.colour;
  }

  private stress(run: string | null): void {
    const drawing = this.now();
    if (drawing.run === run) return;
    drawing.run = run;
    this.plot.redraw(false, false);
  }

  /** Another chart, or a table, points at something. */
  private follow(): void {
    const { x, kind, run, by } = this.group.now;
    if (by === this) return;
    const drawing = this.now();
    this.stress(run);
    const mine = x !== null && kind === drawing.kind && x >= drawing.x[0] && x <= drawing.x[1];
    const left = mine ? this.plot.valToPos(x, "x") : -10;
    this.follows(() => this.plot.setCursor({ left, top: mine ? 1 : -10 }));
    const lit = mine ? (this.near(x).find((one) => runOf(one.series) === run) ?? null) : null;
    this.mark(lit);
    this.readout.textContent = lit ? number(lit.y) : "";
  }

  private follows(move: () => void): void {
    this.following = true;
    move();
    this.following = false;
  }
}

function valueText({ series, at, y }: Readout): string {
  const [low, high] = [series.low?.[at], series.high?.[at]];
  if (low === undefined || high === undefined || !(high > low)) return number(y);
  return `${number(y, 4)} ± ${number((high - low) / 2, 2)}`;
}

function element(name: "i" | "span" | "div", style: string): HTMLElement {
  const made = document.createElement(name);
  made.className = style;
  return made;
}
