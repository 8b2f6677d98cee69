/** A line chart as an SVG file, with its axes and its legend: what the canvas shows, for a paper or a slide. */

import { firstFrom } from "../series/align";
import type { Range } from "../series/outliers";
import { logTicks, numberLabels, ticks } from "../series/ticks";
import { type LineSeries, type XKind, xLabels, xTicks } from "./lines";
import { escaped } from "./save";

export interface Picture {
  title: string;
  series: readonly LineSeries[];
  kind: XKind;
  x: Range;
  y: Range;
  logX: boolean;
  logY: boolean;
  width: number;
  height: number;
  language: string;
  /** Tokens as colours. */
  colour: (css: string) => string;
  font: string;
}

const LEFT = 64;
const TOP = 36;
const RIGHT = 16;
const LINE = 16;

export function linesSvg(picture: Picture): { svg: string; width: number; height: number } {
  const { title, series, kind, x, y, logX, logY, width, colour, font } = picture;
  const named = series.filter((one) => !one.faint);
  const perRow = Math.max(1, Math.floor((width - LEFT) / 190));
  const legend = Math.ceil(named.length / perRow) * LINE;
  const plotWidth = width - LEFT - RIGHT;
  const plotHeight = picture.height;
  const height = TOP + plotHeight + 34 + legend + 8;
  const toX = scale(x, LEFT, plotWidth, logX, false);
  const toY = scale(y, TOP, plotHeight, logY, true);
  const ink = colour("var(--ink-2)");
  const parts: string[] = [];
  const marks = logY ? logTicks(y[0], y[1], 6) : ticks(y[0], y[1], 6);
  numberLabels(marks).forEach((label, at) => {
    const place = round(toY(marks[at] as number));
    parts.push(
      `<path d="M${LEFT} ${place}H${LEFT + plotWidth}" stroke="${colour("var(--border)")}"/>`,
      `<text x="${LEFT - 8}" y="${place + 4}" text-anchor="end" fill="${ink}">${escaped(label)}</text>`,
    );
  });
  const places = xTicks(kind, logX, x[0], x[1], Math.max(2, Math.floor(plotWidth / 90)));
  xLabels(kind, places, picture.language).forEach((label, at) => {
    const place = round(toX(places[at] as number));
    parts.push(
      `<text x="${place}" y="${TOP + plotHeight + 18}" text-anchor="middle" fill="${ink}">${escaped(label)}</text>`,
    );
  });
  parts.push(
    `<clipPath id="plot"><rect x="${LEFT}" y="${TOP}" width="${plotWidth}" height="${plotHeight}"/></clipPath><g clip-path="url(#plot)" fill="none" stroke-linejoin="round">`,
  );
  for (const one of [...series].sort((a, b) => Number(b.faint ?? false) - Number(a.faint ?? false)))
    parts.push(...drawn(one, x, toX, toY, colour(one.colour)));
  parts.push("</g>");
  named.forEach((one, at) => {
    const left = LEFT + (at % perRow) * 190;
    const place = TOP + plotHeight + 40 + Math.floor(at / perRow) * LINE;
    const dash = one.dash ? ` stroke-dasharray="${one.dash.join(" ")}"` : "";
    parts.push(
      `<path d="M${left} ${place - 4}h18" stroke="${colour(one.colour)}" stroke-width="2"${dash}/>`,
      `<text x="${left + 24}" y="${place}" fill="${ink}">${escaped(cut(one.label, 26))}</text>`,
    );
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${escaped(font)}" font-size="11"><title>${escaped(title)}</title><rect width="${width}" height="${height}" fill="${colour("var(--surface)")}"/><text x="12" y="22" font-size="14" font-weight="600" fill="${colour("var(--ink)")}">${escaped(title)}</text>${parts.join("")}</svg>`;
  return { svg, width, height };
}

type ToPixel = (value: number) => number;

function drawn(series: LineSeries, range: Range, toX: ToPixel, toY: ToPixel, ink: string): string[] {
  const { x, y, low, high } = series;
  const from = Math.max(0, firstFrom(x, range[0]) - 1);
  const to = Math.min(x.length, firstFrom(x, range[1]) + 1);
  const dash = series.dash ? ` stroke-dasharray="${series.dash.join(" ")}"` : "";
  const look = series.faint ? ' stroke-opacity="0.3"' : ' stroke-width="1.5"';
  const parts: string[] = [];
  if (low && high) {
    const band = `${path(x, high, from, to, toX, toY)}${path(x, low, from, to, toX, toY, true).replaceAll("M", "L")}Z`;
    parts.push(`<path d="${band}" fill="${ink}" fill-opacity="0.16"/>`);
  }
  parts.push(`<path d="${path(x, y, from, to, toX, toY)}" stroke="${ink}"${look}${dash}/>`);
  if (to - from === 1 && !Number.isNaN(y[from]))
    parts.push(
      `<circle cx="${round(toX(x[from] as number))}" cy="${round(toY(y[from] as number))}" r="3" fill="${ink}"/>`,
    );
  return parts;
}

function path(
  x: Float64Array,
  y: Float64Array,
  from: number,
  to: number,
  toX: ToPixel,
  toY: ToPixel,
  back = false,
): string {
  let text = "";
  let drawing = false;
  for (let step = 0; step < to - from; step += 1) {
    const at = back ? to - 1 - step : from + step;
    const [px, py] = [toX(x[at] as number), toY(y[at] as number)];
    if (Number.isNaN(px) || Number.isNaN(py)) {
      drawing = false;
      continue;
    }
    text += `${drawing ? "L" : "M"}${round(px)} ${round(py)}`;
    drawing = true;
  }
  return text;
}

function scale([low, high]: Range, start: number, size: number, log: boolean, upwards: boolean): ToPixel {
  const lift = (value: number) => (log ? (value > 0 ? Math.log10(value) : Number.NaN) : value);
  const [a, b] = [lift(low), lift(high)];
  return (value) => {
    const along = ((lift(value) - a) / (b - a)) * size;
    const bounded = Math.max(-1e5, Math.min(1e5, along));
    return upwards ? start + size - bounded : start + bounded;
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
