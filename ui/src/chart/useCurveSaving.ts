/** Curves as files. Numbers are asked for again, as finely as the server gives an outline. */
import type { RefObject } from "react";
import { useTranslation } from "react-i18next";
import { curvesOf } from "../api/curves";
import { csvOf } from "../series/csv";
import type { Range } from "../series/outliers";
import type { Saving } from "./ChartCard";
import { resolved } from "./colours";
import { heightOf, type LineSeries, spanOf, widened } from "./lines";
import { linesSvg } from "./linesSvg";
import { downloadPng, downloadText, fileName } from "./save";
import type { CurveOptions, ShownRun } from "./shown";

interface Saved {
  title: string;
  series: readonly LineSeries[];
  some: readonly ShownRun[];
  keys: readonly string[];
  options: CurveOptions;
  zoom: Range | null;
  width: number;
  body: RefObject<HTMLElement | null>;
}

const FINEST = 4_000;

export function useCurveSaving({ title, series, some, keys, options, zoom, width, body }: Saved): Saving {
  const { i18n } = useTranslation();
  const { x: kind, logX, logY, ignoreOutliers } = options;
  const drawn = () => {
    const element = body.current ?? document.body;
    const x = widened(zoom ?? spanOf(series, logX) ?? [0, 1], logX);
    const y = heightOf(series, x, logY, ignoreOutliers);
    const colour = (css: string) => resolved(css, element);
    const font = getComputedStyle(element).fontFamily;
    const size = { width: Math.max(640, width), height: 320 };
    const language = i18n.language;
    return linesSvg({ title, series, kind, x, y, logX, logY, ...size, language, colour, font });
  };
  const csv = async () => {
    const labels = new Map(some.map(({ run_id, label }) => [run_id, label]));
    const runIds = [...new Set(series.map(({ run }) => run ?? ""))].filter((id) => labels.has(id));
    const x = kind === "step" ? "step" : "time";
    const range = zoom && kind !== "relative" ? { range: zoom } : {};
    const ids = runIds.length > 0 ? runIds : some.map(({ run_id }) => run_id);
    const outlines = await curvesOf({ runIds: ids, keys, x, width: FINEST, ...range });
    const rows = outlines.flatMap((outline) =>
      Array.from(outline.x, (place, at) => [
        labels.get(outline.runId) ?? "",
        outline.runId,
        outline.key,
        place,
        outline.y[at],
      ]),
    );
    const text = csvOf(["run", "run_id", "metric", x === "time" ? "time_ms" : "step", "value"], rows);
    downloadText(text, fileName(title, "csv"), "text/csv");
  };
  return {
    png: () => {
      const { svg, width: wide, height } = drawn();
      void downloadPng(svg, wide, height, fileName(title, "png"));
    },
    svg: () => downloadText(drawn().svg, fileName(title, "svg"), "image/svg+xml"),
    csv: () => void csv(),
  };
}
