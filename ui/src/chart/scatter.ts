/** A scatter of runs as ECharts is told of it. */
import type { EChartsCoreOption } from "echarts/core";
import { moment, number } from "../kit/format";
import type { Inks } from "./EChart";

export interface Dot {
  runId: string;
  name: string;
  x: number | string;
  y: number | string;
  /** What the colour says, if it is not the run's own. */
  z: number | string | null;
  /** CSS. */
  colour: string;
}

interface Names {
  x: string;
  y: string;
  z: string;
}

export function scatterOption(dots: readonly Dot[], names: Names, inks: Inks): EChartsCoreOption {
  const many = dots.length > 400;
  const own = names.z === "";
  return {
    animation: false,
    textStyle: { fontFamily: inks.font },
    grid: {
      left: 8,
      right: own ? 16 : 64,
      top: 12,
      bottom: 22,
      outerBoundsMode: "same",
      outerBoundsContain: "axisLabel",
    },
    xAxis: {
      ...axis(
        dots.map(({ x }) => x),
        names.x,
        inks,
      ),
      name: names.x,
      nameLocation: "middle",
      nameGap: 22,
    },
    yAxis: axis(
      dots.map(({ y }) => y),
      names.y,
      inks,
    ),
    ...(own ? {} : { visualMap: colours(dots, inks) }),
    series: [
      {
        type: "scatter",
        symbolSize: many ? 5 : 8,
        progressive: 4_000,
        itemStyle: {
          opacity: many ? 0.55 : 0.85,
          borderColor: inks.of("var(--surface)"),
          borderWidth: many ? 0 : 1,
        },
        emphasis: { scale: 1.6, itemStyle: { opacity: 1 } },
        data: dots.map(({ x, y, z, colour }) =>
          own ? { value: [x, y], itemStyle: { color: inks.of(colour) } } : { value: [x, y, z ?? "–"] },
        ),
      },
    ],
  };
}

/** Whether positive numbers lie powers of ten apart, as learning rates do. */
export function isWide(values: Iterable<number | string | null>): boolean {
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (const value of values) {
    if (typeof value !== "number" || Number.isNaN(value)) continue;
    if (value <= 0) return false;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return most / least > 100;
}

export function isTime(name: string): boolean {
  return name === "start_time" || name === "end_time";
}

export function axis(values: readonly (number | string | null)[], name: string, inks: Inks): object {
  const texts = values.some((value) => typeof value === "string");
  return {
    ...(texts
      ? { type: "category", data: categories(values) }
      : { type: isWide(values) ? "log" : "value", scale: true }),
    axisLine: { lineStyle: { color: inks.of("var(--border-strong)") } },
    axisTick: { show: false },
    splitLine: { show: !texts, lineStyle: { color: inks.of("var(--border)") } },
    splitNumber: 4,
    nameTextStyle: { color: inks.of("var(--ink-2)"), fontSize: 11 },
    axisLabel: {
      color: inks.of("var(--ink-3)"),
      fontSize: 11,
      hideOverlap: true,
      width: 90,
      overflow: "truncate",
      formatter: texts ? undefined : (value: number) => (isTime(name) ? moment(value) : number(value, 4)),
    },
  };
}

export function categories(values: readonly (number | string | null)[]): string[] {
  const found = new Set(values.flatMap((value) => (typeof value === "string" ? [value] : [])));
  return [...found].sort((one, other) => one.localeCompare(other, undefined, { numeric: true }));
}

/** From little to much: dark to bright, three hues that also the colour-blind tell apart. */
export function ramp(inks: Inks): string[] {
  return ["var(--series-4)", "var(--series-9)", "var(--series-1)"].map(inks.of);
}

function colours(dots: readonly Dot[], inks: Inks): object {
  const values = dots.map(({ z }) => z);
  const place = { right: 0, top: "middle", textStyle: { color: inks.of("var(--ink-2)"), fontSize: 10 } };
  if (values.some((value) => typeof value === "string")) {
    const names = categories(values).slice(0, 10);
    return {
      ...place,
      type: "piecewise",
      dimension: 2,
      categories: names,
      itemSymbol: "circle",
      itemWidth: 8,
      itemHeight: 8,
      formatter: (name: string) => (name.length > 8 ? `${name.slice(0, 7)}…` : name),
      inRange: { color: names.map((_, at) => inks.of(`var(--series-${at})`)) },
      outOfRange: { color: inks.of("var(--ink-3)") },
    };
  }
  const numbers = values.filter((value) => typeof value === "number");
  return {
    ...place,
    type: "continuous",
    dimension: 2,
    min: Math.min(...numbers),
    max: Math.max(...numbers),
    calculable: false,
    itemWidth: 8,
    itemHeight: 90,
    precision: 3,
    text: [number(Math.max(...numbers), 3), number(Math.min(...numbers), 3)],
    inRange: { color: ramp(inks) },
    outOfRange: { color: inks.of("var(--ink-3)") },
  };
}
