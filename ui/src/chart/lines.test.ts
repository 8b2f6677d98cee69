import { expect, test } from "vitest";
import { heightOf, type LineSeries, readouts, spanOf, widened, xText, xTicks } from "./lines";

const line = (x: number[], y: number[], more: Partial<LineSeries> = {}): LineSeries => ({
  key: x.join(),
  label: "line",
  colour: "red",
  x: Float64Array.from(x),
  y: Float64Array.from(y),
  ...more,
});

test("the axis spans all curves, also where an outline left their ends out, and what a logarithm can show", () => {
  expect(spanOf([line([0, 5], [1, 1]), line([3, 9], [1, 1])], false)).toEqual([0, 9]);
  expect(spanOf([line([300, 900], [1, 1], { span: [0, 1000] })], false)).toEqual([0, 1000]);
  expect(spanOf([line([0, 5, 10], [1, 1, 1], { span: [0, 10] })], true)).toEqual([5, 10]);
  expect(spanOf([line([], [])], false)).toBeNull();
  expect(widened([7, 7], false)[0]).toBeLessThan(7);
});

test("the y axis fits the stretch that is seen, with the points a line leads to, and leaves outliers out when asked", () => {
  const spiked = line([0, 1, 2, 3, 4], [0, 1, 50, 1, 0]);
  expect(heightOf([spiked], [0, 4], false, false)[1]).toBeGreaterThan(50);
  expect(heightOf([spiked], [0, 0.5], false, false)[1]).toBeLessThan(2);
  const many = line(
    Array.from({ length: 200 }, (_, at) => at),
    Array.from({ length: 200 }, (_, at) => (at === 9 ? 1e6 : 1)),
  );
  expect(heightOf([many], [0, 199], false, true)[1]).toBeLessThan(2);
  expect(heightOf([line([1], [Number.NaN])], [0, 2], false, false)).toEqual([0, 1]);
  expect(heightOf([line([1, 2], [-1, 0])], [0, 2], true, false)[0]).toBeGreaterThan(0);
});

test("values are read at the nearest points of curves that are there, never of raw lines or gaps", () => {
  const found = readouts(
    [
      line([0, 10], [1, 2]),
      line([0, 10], [3, 4], { faint: true }),
      line([0, 2], [5, 6]),
      line([10], [Number.NaN]),
    ],
    9,
    1,
  );
  expect(found.map(({ x, y }) => [x, y])).toEqual([[10, 2]]);
});

test("steps have no halves, and a moment is written in full", () => {
  expect(xTicks("step", false, 0, 3, 6)).toEqual([0, 1, 2, 3]);
  expect(xText("relative", 90_000)).toBe("1m 30s");
  expect(xText("step", 2368.294)).toBe("2,368");
});
