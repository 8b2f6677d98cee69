import { expect, test } from "vitest";
import type { Columns } from "../api/curves";
import { isOpen, limitOf, opened } from "./parallel";

const field = "metrics.auc";
const columns: Columns = {
  runIds: ["a", "b", "c"],
  names: ["A", "B", "C"],
  of: new Map([[field, { kind: "numbers", values: Float64Array.from([0.5, 0.7, 0.9]) }]]),
};

test("a stretch that reaches the best run has no end there", () => {
  const brushed = limitOf(columns, field, [[0.65, 0.93]]);
  expect(brushed && opened(columns, brushed)).toEqual({ field, low: 0.65, high: Number.POSITIVE_INFINITY });
  expect(opened(columns, { field, low: 0.5, high: 0.7 })).toEqual({
    field,
    low: Number.NEGATIVE_INFINITY,
    high: 0.7,
  });
  const edge = limitOf(columns, field, [[0.6512, 0.89999]]);
  expect(edge).toEqual({ field, low: 0.651, high: 0.9 });
  const middle = { field, low: 0.6, high: 0.8 };
  expect(opened(columns, middle)).toEqual(middle);
  expect(isOpen(opened(columns, { field, low: 0, high: 1 }))).toBe(true);
});
