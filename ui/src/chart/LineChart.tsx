import { type KeyboardEvent, type RefObject, useEffect, useImperativeHandle, useRef } from "react";
import { useTranslation } from "react-i18next";
import type uPlot from "uplot";
import type { Range } from "../series/outliers";
import { resolved } from "./colours";
import { heightOf, type LineSeries, spanOf, widened, type XKind } from "./lines";
import { PointerOnLines } from "./PointerOnLines";
import { type Drawing, makePlot, refresh } from "./plot";
import { useSize } from "./useSize";
import { useTheme } from "./useTheme";
import "./LineChart.css";

export interface LineChartHandle {
  /** The canvas with axes and lines, as it is on the screen. */
  canvas: () => HTMLCanvasElement | null;
}

interface Props {
  series: readonly LineSeries[];
  xKind: XKind;
  logX?: boolean;
  logY?: boolean;
  /** The stretch of x that is shown; all of it by default. */
  range?: Range | null;
  /** A stretch was chosen; null: all of it again. */
  onZoom?: ((range: Range | null) => void) | undefined;
  ignoreOutliers?: boolean;
  height: number;
  /** Charts of one group share the cross-hair and the run that stands out. */
  cursorGroup?: string;
  /** What the chart shows, in a sentence. */
  label: string;
  handle?: RefObject<LineChartHandle | null>;
}

/** Lines over steps or time. Draws what it is given; asks for nothing. */
export function LineChart({
  series,
  xKind,
  logX = false,
  logY = false,
  range = null,
  onZoom,
  ignoreOutliers = false,
  height,
  cursorGroup = "page",
  label,
  handle,
}: Props) {
  const { t, i18n } = useTranslation();
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const drawing = useRef<Drawing | null>(null);
  const pointer = useRef<PointerOnLines | null>(null);
  const zoom = useRef(onZoom);
  zoom.current = onZoom;
  const theme = useTheme();
  const { width } = useSize(place);
  useImperativeHandle(handle, () => ({ canvas: () => plot.current?.ctx.canvas ?? null }));

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme re-points the tokens that are looked up here
  useEffect(() => {
    const element = place.current;
    if (!element || width < 40) return;
    const x = widened(range ?? spanOf(series, logX) ?? (logX ? [1, 10] : [0, 1]), logX);
    const ink = new Map<string, string>();
    drawing.current = {
      series,
      x,
      y: heightOf(series, x, logY, ignoreOutliers),
      kind: xKind,
      run: drawing.current?.run ?? null,
      language: i18n.language,
      font: `11px ${getComputedStyle(element).fontFamily}`,
      colour: (css) => {
        let found = ink.get(css);
        if (found === undefined) {
          found = resolved(css, element);
          ink.set(css, found);
        }
        return found;
      },
    };
    if (plot.current) refresh(plot.current, drawing.current);
    pointer.current?.redrawn();
  }, [series, xKind, logX, logY, range, ignoreOutliers, width, theme, i18n.language]);

  const ready = width >= 40;
  // biome-ignore lint/correctness/useExhaustiveDependencies: size is set below; a plot is made anew only where its scales change
  useEffect(() => {
    const element = place.current;
    if (!element || !ready || !drawing.current) return;
    const now = () => drawing.current as Drawing;
    const made = makePlot(
      element,
      now,
      { logX, logY, width, height },
      {
        moved: () => pointer.current?.moved(),
        selected: (chosen) => zoom.current?.(chosen),
        reset: () => zoom.current?.(null),
      },
    );
    const follows = new PointerOnLines(made, now, cursorGroup);
    plot.current = made;
    pointer.current = follows;
    return () => {
      follows.close();
      made.destroy();
      plot.current = null;
      pointer.current = null;
    };
  }, [ready, logX, logY, cursorGroup]);

  useEffect(() => {
    if (plot.current && width >= 40) plot.current.setSize({ width, height });
  }, [width, height]);

  const pressed = (event: KeyboardEvent) => {
    const now = drawing.current;
    if (!now || event.ctrlKey || event.metaKey || event.altKey) return;
    const scale = { "+": 0.5, "=": 0.5, "-": 2 }[event.key];
    if (scale !== undefined) onZoom?.(scaled(now.x, pointer.current?.place() ?? null, scale, logX));
    else if (event.key === "0" || (event.key === "Escape" && range)) onZoom?.(null);
    else if (!pointer.current?.pressed(event.key, event.shiftKey)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div
      ref={place}
      className="line-chart"
      role="application"
      aria-label={label}
      aria-roledescription={t("charts.chart")}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys walk along the lines
      tabIndex={0}
      style={{ blockSize: height }}
      onKeyDown={pressed}
      onBlur={() => pointer.current?.left()}
    />
  );
}

function scaled([low, high]: Range, middle: number | null, factor: number, log: boolean): Range {
  const [from, to] = log ? [Math.log10(low), Math.log10(high)] : [low, high];
  const at = middle === null ? (from + to) / 2 : log ? Math.log10(middle) : middle;
  const half = ((to - from) * factor) / 2;
  return log ? [10 ** (at - half), 10 ** (at + half)] : [at - half, at + half];
}
