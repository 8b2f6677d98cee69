/** Lines on a canvas. */
import { firstFrom } from "../series/align";
import { type LineSeries, runOf } from "./lines";

/** From values to pixels of the canvas. */
export interface Frame {
  left: number;
  top: number;
  width: number;
  height: number;
  ratio: number;
  x: readonly [number, number];
  y: readonly [number, number];
  logX: boolean;
  logY: boolean;
}

interface Shape {
  line: Path2D;
  dots: Path2D;
  band: Path2D | null;
}

const shapes = new WeakMap<LineSeries, { frame: string; shape: Shape }>();

/** Draws all series; `run` stands out before the others. `colour` turns a series' colour into the canvas's. */
export function paint(
  context: CanvasRenderingContext2D,
  frame: Frame,
  series: readonly LineSeries[],
  run: string | null,
  colour: (css: string) => string,
): void {
  const name = JSON.stringify(frame);
  const lit = run !== null && series.some((one) => runOf(one) === run) ? run : null;
  const order = [...series].sort((one, other) => rank(one, lit) - rank(other, lit));
  context.save();
  context.beginPath();
  context.rect(frame.left, frame.top, frame.width, frame.height);
  context.clip();
  context.lineJoin = "round";
  context.lineCap = "round";
  for (const one of order) {
    let known = shapes.get(one);
    if (known?.frame !== name) {
      known = { frame: name, shape: shaped(one, frame) };
      shapes.set(one, known);
    }
    const mine = lit !== null && runOf(one) === lit;
    const quiet = lit !== null && !mine;
    const ink = colour(one.colour);
    context.globalAlpha = (one.faint ? 0.28 : 1) * (quiet ? 0.22 : 1);
    context.strokeStyle = ink;
    context.fillStyle = ink;
    context.lineWidth = (one.faint ? 1 : mine ? 2.5 : 1.5) * frame.ratio;
    context.setLineDash((one.dash ?? []).map((length) => length * frame.ratio));
    context.stroke(known.shape.line);
    context.fill(known.shape.dots);
    if (known.shape.band) {
      context.globalAlpha *= 0.16;
      context.fill(known.shape.band);
    }
  }
  context.restore();
}

function rank(series: LineSeries, lit: string | null): number {
  return (series.faint ? 0 : 1) + (runOf(series) === lit ? 2 : 0);
}

function shaped(series: LineSeries, frame: Frame): Shape {
  const { x, y, low, high } = series;
  const toX = axis(frame.x, frame.left, frame.width, frame.logX, false);
  const toY = axis(frame.y, frame.top, frame.height, frame.logY, true);
  const from = Math.max(0, firstFrom(x, frame.x[0]) - 1);
  const to = Math.min(x.length, firstFrom(x, frame.x[1]) + 1);
  const line = new Path2D();
  const dots = new Path2D();
  const sparse = !series.faint && (to - from) * 12 * frame.ratio < frame.width;
  let drawing = false;
  for (let at = from; at < to; at += 1) {
    const [px, py] = [toX(x[at] as number), toY(y[at] as number)];
    if (Number.isNaN(px) || Number.isNaN(py)) {
      drawing = false;
      continue;
    }
    if (drawing) line.lineTo(px, py);
    else line.moveTo(px, py);
    const next = at + 1 < to && !Number.isNaN(toY(y[at + 1] as number));
    // A point that no line reaches would be unseen.
    if (sparse || (!drawing && !next)) {
      const radius = (drawing || next ? 2 : 3) * frame.ratio;
      dots.moveTo(px + radius, py);
      dots.arc(px, py, radius, 0, 2 * Math.PI);
    }
    drawing = true;
  }
  return { line, dots, band: low && high ? banded(x, low, high, from, to, toX, toY) : null };
}

function banded(
  x: Float64Array,
  low: Float64Array,
  high: Float64Array,
  from: number,
  to: number,
  toX: (value: number) => number,
  toY: (value: number) => number,
): Path2D {
  const band = new Path2D();
  for (let start = from; start < to; ) {
    while (start < to && Number.isNaN(high[start] as number)) start += 1;
    let end = start;
    while (end < to && !Number.isNaN(high[end] as number)) end += 1;
    for (let at = start; at < end; at += 1) {
      const py = toY(high[at] as number);
      if (at === start) band.moveTo(toX(x[at] as number), py);
      else band.lineTo(toX(x[at] as number), py);
    }
    for (let at = end - 1; at >= start; at -= 1) band.lineTo(toX(x[at] as number), toY(low[at] as number));
    band.closePath();
    start = end;
  }
  return band;
}

/** Values to pixels; NaN for what a logarithmic axis cannot show. Far-away values stay within what a canvas can hold. */
function axis(
  [low, high]: readonly [number, number],
  start: number,
  size: number,
  log: boolean,
  upwards: boolean,
): (value: number) => number {
  const a = log ? Math.log10(low) : low;
  const b = log ? Math.log10(high) : high;
  const scale = size / (b - a);
  return (value) => {
    if (log && !(value > 0)) return Number.NaN;
    const along = ((log ? Math.log10(value) : value) - a) * scale;
    const bounded = Math.max(-1e6, Math.min(1e6, along));
    return upwards ? start + size - bounded : start + bounded;
  };
}
