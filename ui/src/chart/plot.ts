/**
 * uPlot as this page uses it: it lays out axes, scales a canvas, follows the mouse and drags a selection. Lines are drawn by
 * `paint`, since each series has its own places on x: to bring ten long curves to common ones would cost more than drawing.
 */
import uPlot from "uplot";
import type { Range } from "../series/outliers";
import { logTicks, numberLabels, ticks } from "../series/ticks";
import { type LineSeries, type XKind, xLabels, xTicks } from "./lines";
import { type Frame, paint } from "./paint";

/** What is drawn now; the plot reads it whenever it draws. */
export interface Drawing {
  series: readonly LineSeries[];
  x: Range;
  y: Range;
  kind: XKind;
  /** The run that stands out. */
  run: string | null;
  language: string;
  colour: (css: string) => string;
  font: string;
}

export interface Hooks {
  moved: (plot: uPlot) => void;
  selected: (range: Range) => void;
  reset: () => void;
}

export interface Shape {
  logX: boolean;
  logY: boolean;
  width: number;
  height: number;
}

export function makePlot(place: HTMLElement, now: () => Drawing, shape: Shape, hooks: Hooks): uPlot {
  const { logX, logY, width, height } = shape;
  const ink = () => now().colour("var(--ink-3)");
  const rule = { stroke: () => now().colour("var(--border)"), width: 1 };
  const all = (_: uPlot, splits: number[]) => splits;
  const axis = { stroke: ink, font: now().font, filter: all };
  return new uPlot(
    {
      width,
      height,
      padding: [8, 12, 0, 0],
      legend: { show: false },
      series: [{}, { scale: "y", paths: () => null, points: { show: false } }],
      scales: {
        x: { time: false, distr: logX ? 3 : 1, range: () => [...now().x] },
        y: { distr: logY ? 3 : 1, range: () => [...now().y] },
      },
      axes: [
        {
          ...axis,
          scale: "x",
          size: 26,
          gap: 5,
          grid: { show: false },
          ticks: { ...rule, size: 4, filter: all },
          splits: (plot, _, low, high) => xTicks(now().kind, logX, low, high, marks(plot.bbox.width, 100)),
          values: (_, splits) => xLabels(now().kind, splits, now().language),
        },
        {
          ...axis,
          scale: "y",
          gap: 6,
          size: (_, values) => labelsWidth(values, now().font) + 14,
          grid: { ...rule, filter: all },
          ticks: { show: false },
          splits: (plot, _, low, high) =>
            logY
              ? logTicks(low, high, marks(plot.bbox.height, 34))
              : ticks(low, high, marks(plot.bbox.height, 40)),
          values: (_, splits) => numberLabels(splits),
        },
      ],
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: true, y: false, setScale: false, dist: 4 },
        bind: {
          dblclick: () => () => {
            hooks.reset();
            return null;
          },
        },
      },
      hooks: {
        draw: [
          (plot) => {
            const { series, run, colour } = now();
            paint(plot.ctx, frameOf(plot, now(), shape), series, run, colour);
            tell(place, series);
          },
        ],
        setCursor: [hooks.moved],
        setSelect: [
          (plot) => {
            const { left, width: wide } = plot.select;
            if (wide < 4) return;
            const [from, to] = [plot.posToVal(left, "x"), plot.posToVal(left + wide, "x")];
            plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            hooks.selected([from, to]);
          },
        ],
      },
    },
    outline(now()),
    place,
  );
}

/** For whoever watches from outside (a test, a clock): how much is drawn now. */
function tell(place: HTMLElement, series: readonly LineSeries[]): void {
  place.dataset.lines = String(series.length);
  place.dataset.points = String(series.reduce((sum, { x }) => sum + x.length, 0));
}

/** Shows what is to be drawn now, axes included. */
export function refresh(plot: uPlot, drawing: Drawing): void {
  plot.setData(outline(drawing));
}

/** The plot's own data: two corners, so that it knows its scales. */
function outline({ x, y }: Drawing): uPlot.AlignedData {
  return [
    [x[0], x[1]],
    [y[0], y[1]],
  ];
}

export function frameOf(plot: uPlot, { x, y }: Drawing, { logX, logY }: Shape): Frame {
  const { left, top, width, height } = plot.bbox;
  return { left, top, width, height, ratio: devicePixelRatio, x, y, logX, logY };
}

function marks(pixels: number, each: number): number {
  return Math.max(2, Math.floor(pixels / devicePixelRatio / each));
}

let measure: CanvasRenderingContext2D | null | undefined;

function labelsWidth(labels: readonly string[] | null, font: string): number {
  measure ??= document.createElement("canvas").getContext("2d");
  if (!measure || !labels) return 40;
  measure.font = font;
  let widest = 0;
  for (const label of labels) widest = Math.max(widest, measure.measureText(label ?? "").width);
  return Math.ceil(widest);
}
