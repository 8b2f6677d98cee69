/** A chart that is an SVG of the page (or can be drawn as one) as files. */
import type { RefObject } from "react";
import { csvOf } from "../series/csv";
import type { Saving } from "./ChartCard";
import { downloadPng, downloadText, fileName, standalone } from "./save";

type Cell = string | number | null | undefined;

interface Rows {
  head: readonly string[];
  rows: readonly (readonly Cell[])[];
}

export function useSvgSaving(
  body: RefObject<HTMLElement | null>,
  title: string,
  rows: () => Rows,
  drawn?: () => { svg: string; width: number; height: number } | null,
): Saving {
  const draw = () => {
    if (drawn) return drawn();
    const svg = body.current?.querySelector("svg");
    if (!svg) return null;
    const { width, height } = svg.getBoundingClientRect();
    return { svg: standalone(svg, title), width, height: height + 28 };
  };
  return {
    png: () => {
      const found = draw();
      if (found) void downloadPng(found.svg, found.width, found.height, fileName(title, "png"));
    },
    svg: () => {
      const found = draw();
      if (found) downloadText(found.svg, fileName(title, "svg"), "image/svg+xml");
    },
    csv: () => {
      const { head, rows: lines } = rows();
      downloadText(csvOf(head, lines), fileName(title, "csv"), "text/csv");
    },
  };
}
