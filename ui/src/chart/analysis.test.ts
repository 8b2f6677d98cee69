import { expect, test } from "vitest";
import type { Column, Columns } from "../api/curves";
import {
  boxOf,
  distinct,
  filterOf,
  groupedBy,
  isWithin,
  meanOf,
  numeric,
  telling,
  withoutHidden,
} from "./analysis";

const numbers = (...values: number[]): Column => ({ kind: "numbers", values: Float64Array.from(values) });
const texts = (...values: (string | null)[]): Column => ({ kind: "texts", values });
const columns: Columns = {
  runIds: ["a", "b", "c", "d", "e", "f"],
  names: ["A", "B", "C", "D", "E", "F"],
  of: new Map([
    ["params.depth", numbers(1, 2, 3, 4, 5, Number.NaN)],
    ["params.kind", texts("x", "y", "x", "y", "x", null)],
    ["params.same", numbers(7, 7, 7, 7, 7, 7)],
    ["metrics.auc", numbers(0.5, 0.6, 0.7, 0.8, 0.9, 1)],
  ]),
};
const params = ["params.same", "params.kind", "params.depth", "params.absent"];

test("what varies can be an axis, what goes together with the metric first", () => {
  expect(telling(columns, params, "metrics.auc")).toEqual(["params.depth", "params.kind"]);
  expect(telling(columns, params, null)).toEqual(["params.kind", "params.depth"]);
  expect(numeric(columns, [...params, "metrics.auc"])).toEqual(["params.depth", "metrics.auc"]);
  expect(distinct(columns.of.get("params.depth") as Column)).toBe(5);
});

test("hidden runs are in no column", () => {
  const seen = withoutHidden(columns, new Set(["b", "f"]));
  expect(seen.runIds).toEqual(["a", "c", "d", "e"]);
  expect([...(seen.of.get("params.depth")?.values ?? [])]).toEqual([1, 3, 4, 5]);
  expect(withoutHidden(columns, new Set(["z"]))).toBe(columns);
});

test("groups have their mean and deviation, and runs without either value are in none", () => {
  const metric = columns.of.get("metrics.auc") as Column;
  const groups = groupedBy(columns.of.get("params.kind") as Column, metric);
  expect(groups).toEqual([
    { label: "x", values: [0.5, 0.7, 0.9] },
    { label: "y", values: [0.6, 0.8] },
  ]);
  expect(meanOf([0.5, 0.7, 0.9])).toEqual({
    mean: expect.closeTo(0.7),
    deviation: expect.closeTo(0.2),
    n: 3,
  });
  expect(groupedBy(numbers(10, 9, 10, 9, 10, 9), metric).map(({ label }) => label)).toEqual(["9", "10"]);
});

test("a box, counted by hand", () => {
  expect(boxOf([1, 2, 3, 4, 100])).toEqual({
    low: 1,
    first: 2,
    median: 3,
    third: 4,
    high: 4,
    beyond: [100],
    n: 5,
  });
  expect(boxOf([5])).toEqual({ low: 5, first: 5, median: 5, third: 5, high: 5, beyond: [], n: 1 });
});

test("limits are a filter that finds the runs within them", () => {
  const limits = [
    { field: "params.depth", low: 1.5, high: 4 },
    { field: "params.kind", texts: ["y"] },
    { field: "metrics.`val loss`", low: 0.1, high: 0.25 },
  ];
  const written = new Map([["params.depth", ["1", "2.0", "3e0", "4", "5", "", "deep"]]]);
  expect(filterOf(limits, written)).toBe(
    "params.depth IN ('2.0', '3e0', '4') AND params.kind = 'y' AND metrics.`val loss` BETWEEN 0.1 AND 0.25",
  );
  expect([0, 1, 2, 3, 4, 5].filter((row) => isWithin(columns, row, limits.slice(0, 2)))).toEqual([1, 3]);
  expect(filterOf([], written)).toBe("");
  const loss = { field: "metrics.`val loss`", low: 0.1, high: 0.25 };
  expect(filterOf([{ ...loss, high: Number.POSITIVE_INFINITY }], written)).toBe("metrics.`val loss` >= 0.1");
  expect(filterOf([{ ...loss, low: Number.NEGATIVE_INFINITY }], written)).toBe("metrics.`val loss` <= 0.25");
});
