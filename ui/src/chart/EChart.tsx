import type { EChartsCoreOption, EChartsType } from "echarts/core";
import { type RefObject, useEffect, useImperativeHandle, useRef, useState } from "react";
import { ChartWait } from "./ChartState";
import { resolved } from "./colours";
import { useSize } from "./useSize";
import { useTheme } from "./useTheme";

export interface Inks {
  /** A token or a colour, as ECharts reads it. */
  of: (css: string) => string;
  font: string;
}

export interface EChartHandle {
  svg: () => { svg: string; width: number; height: number } | null;
  /** Brush an axis of parallel coordinates, without being told of it. */
  brush: (axis: number, intervals: readonly (readonly [number, number])[]) => void;
}

interface Props {
  /** Made anew whenever the theme changes. */
  option: (inks: Inks) => EChartsCoreOption;
  /** Where a mark is pointed at: its place in the first series' data; null: none. */
  onPoint?: (row: number | null, event: { x: number; y: number }) => void;
  /** An axis of parallel coordinates was brushed: its number, and the stretches that are let through. */
  onBrush?: (axis: number, intervals: readonly (readonly [number, number])[]) => void;
  /** The option was drawn anew; brushes are gone. */
  onDrawn?: () => void;
  height: number;
  label: string;
  handle?: RefObject<EChartHandle | null>;
}

interface Pointed {
  dataIndex?: number;
  event?: { event?: { clientX: number; clientY: number } };
}

/** A chart that ECharts draws, which is fetched when the first of them is shown. */
export function EChart({ option, onPoint, onBrush, onDrawn, height, label, handle }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const { width } = useSize(place);
  const theme = useTheme();
  const [chart, setChart] = useState<EChartsType | null>(null);
  const heard = useRef({ onPoint, onBrush, onDrawn });
  heard.current = { onPoint, onBrush, onDrawn };
  const made = useRef<EChartsCoreOption | null>(null);

  useImperativeHandle(handle, () => ({
    svg: () => {
      if (!chart || !made.current || !parts) return null;
      const size = { width: Math.max(320, chart.getWidth()), height: chart.getHeight() };
      const drawing = parts.init(null, null, { renderer: "svg", ssr: true, ...size });
      drawing.setOption({ ...made.current, animation: false });
      const svg = drawing.renderToSVGString();
      drawing.dispose();
      return { svg, ...size };
    },
    brush: (axis, intervals) => {
      chart?.dispatchAction(
        { type: "axisAreaSelect", parallelAxisId: String(axis), intervals },
        { silent: true },
      );
      chart?.resize(); // an axis draws its brush only when it is drawn itself
    },
  }));

  useEffect(() => {
    let gone = false;
    let own: EChartsType | null = null;
    void fetchParts().then(({ init }) => {
      if (gone || !place.current) return;
      own = init(place.current, null, { renderer: "canvas" });
      own.on("mouseover", (raw) => {
        const { dataIndex, event } = raw as Pointed;
        const at = event?.event;
        if (dataIndex !== undefined && at)
          heard.current.onPoint?.(dataIndex, { x: at.clientX, y: at.clientY });
      });
      own.on("mouseout", () => heard.current.onPoint?.(null, { x: 0, y: 0 }));
      own.on("axisareaselected", (raw) => {
        const { parallelAxisId, intervals } = raw as {
          parallelAxisId?: string;
          intervals?: [number, number][];
        };
        heard.current.onBrush?.(Number(parallelAxisId), intervals ?? []);
      });
      setChart(own);
    });
    return () => {
      gone = true;
      own?.dispose();
    };
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme re-points the tokens that are looked up here
  useEffect(() => {
    const element = place.current;
    if (!chart || !element || chart.isDisposed()) return;
    // Single quotes: the SVG that is saved writes fonts into attributes.
    const font = getComputedStyle(element).fontFamily.replaceAll('"', "'");
    made.current = option({ of: (css) => resolved(css, element), font });
    chart.setOption(made.current, { notMerge: true });
    heard.current.onDrawn?.();
  }, [chart, option, theme]);

  useEffect(() => {
    if (chart && width > 0 && !chart.isDisposed()) chart.resize({ width, height });
  }, [chart, width, height]);

  return (
    <div style={{ position: "relative", blockSize: height }}>
      {!chart && <ChartWait height={height} />}
      <div ref={place} role="img" aria-label={label} style={{ position: "absolute", inset: 0 }} />
    </div>
  );
}

let parts: typeof import("./parts") | null = null;

async function fetchParts(): Promise<typeof import("./parts")> {
  parts ??= await import("./parts");
  return parts;
}
