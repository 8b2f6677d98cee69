import { expect, test } from "vitest";
import { extent, padded, quantile, withoutOutliers } from "./outliers";

const floats = (...values: number[]) => Float64Array.from(values);

test("quantiles lie between sorted values in proportion", () => {
  expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
  expect(quantile([1, 2, 3, 4], 0.25)).toBe(1.75);
  expect(quantile([1, 2, 3, 4], 1)).toBe(4);
  expect(quantile([], 0.5)).toBeNaN();
});

test("one wild value among a hundred is left out, what is no number never counts", () => {
  const values = floats(...Array.from({ length: 100 }, (_, at) => at / 100), 1e9, Number.NaN);
  const range = withoutOutliers([values]);
  expect(range?.[1]).toBeLessThan(1);
  expect(extent([values])).toEqual([0, 1e9]);
  expect(extent([floats(Number.NaN, Number.POSITIVE_INFINITY)])).toBeNull();
  expect(withoutOutliers([floats(Number.NaN)])).toBeNull();
});

test("a range gets air, also a single value and a logarithmic one", () => {
  expect(padded([0, 10])).toEqual([-0.5, 10.5]);
  expect(padded([5, 5])).toEqual([4.5, 5.5]);
  expect(padded([0, 0])).toEqual([-1, 1]);
  const [low, high] = padded([1, 100], true);
  expect(low).toBeGreaterThan(0);
  expect(low * high).toBeCloseTo(100);
});
