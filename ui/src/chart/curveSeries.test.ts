import { expect, test } from "vitest";
import type { Outline } from "../api/curves";
import { factsOf, seriesOf } from "./curveSeries";
import { PLAIN } from "./shown";

const floats = (...values: number[]) => Float64Array.from(values);
const outline = (runId: string, key: string, ...y: number[]): Outline => ({
  runId,
  key,
  count: y.length,
  xMin: 0,
  xMax: y.length - 1,
  x: Float64Array.from(y, (_, at) => at),
  y: floats(...y),
});
const runs = [
  { run_id: "a", label: "run a", colour: "red" },
  { run_id: "b", label: "run b", colour: "red" },
  { run_id: "c", label: "run c", colour: "blue" },
];
const outlines = [outline("a", "loss", 3, 2, 1), outline("b", "loss", 5, 4, 3), outline("c", "loss", 9)];

test("each shown run is a line; equal colours differ by their dash; hidden runs and those without a curve are none", () => {
  const hidden = new Set(["c"]);
  const lines = seriesOf(outlines, { runs, keys: ["loss"], hidden, options: PLAIN, width: 400 });
  expect(lines.map(({ run, dash }) => [run, dash])).toEqual([
    ["a", undefined],
    ["b", [6, 4]],
  ]);
});

test("smoothing keeps the raw line behind; a curve of one point stays as it is", () => {
  const options = { ...PLAIN, smooth: 0.5 };
  const lines = seriesOf(outlines, { runs, keys: ["loss"], options, width: 400 });
  expect(lines.map(({ run, faint }) => `${run}${faint ? " raw" : ""}`)).toEqual([
    "a raw",
    "a",
    "b raw",
    "b",
    "c",
  ]);
  expect([...(lines[0]?.y ?? [])]).toEqual([3, 2, 1]);
  expect(lines[1]?.y[2]).toBeGreaterThan(1);
});

test("a group is its runs' mean with a band, without those that are hidden", () => {
  const groups = [{ key: "g", label: "group", colour: "green", run_ids: ["a", "b"] }];
  const [line] = seriesOf(outlines, { runs, keys: ["loss"], groups, options: PLAIN, width: 400 });
  expect([...(line?.y ?? [])]).toEqual([4, 3, 2]);
  expect(line?.high?.[0]).toBeCloseTo(4 + Math.SQRT2);
  const hidden = new Set(["b"]);
  const [alone] = seriesOf(outlines, { runs, keys: ["loss"], groups, hidden, options: PLAIN, width: 400 });
  expect([...(alone?.y ?? [])]).toEqual([3, 2, 1]);
});

test("facts say what a curve comes to; a NaN is no extreme", () => {
  const [facts] = factsOf([outline("a", "loss", 3, Number.NaN, 1, 2)], runs);
  expect(facts).toMatchObject({ label: "run a", count: 4, first: 3, last: 2, min: 1, max: 3 });
});
