import { expect, test } from "vitest";
import { evenly, firstFrom, meanOf, nearest, onGrid, withDetail } from "./align";

const floats = (...values: number[]) => Float64Array.from(values);

test("the nearest place is found as by looking at every one", () => {
  const x = floats(0, 1, 1, 4, 9, 16);
  for (let at = -2; at < 20; at += 0.3) {
    const distances = [...x].map((place) => Math.abs(place - at));
    const found = nearest(x, at);
    expect(distances[found]).toBe(Math.min(...distances));
    expect(firstFrom(x, at)).toBe([...x, Number.POSITIVE_INFINITY].findIndex((place) => place >= at));
  }
  expect(nearest(floats(), 1)).toBe(-1);
});

test("a curve on its own places is itself; between them it is the line, outside of it nothing", () => {
  const x = floats(0, 10, 20);
  const y = floats(0, 100, 0);
  expect([...onGrid(x, y, x)]).toEqual([0, 100, 0]);
  expect([...onGrid(x, y, floats(-1, 5, 15, 21))]).toEqual([Number.NaN, 50, 50, Number.NaN]);
});

test("a grid that is coarser than the curve has the mean of what lies around each place", () => {
  const x = evenly(0, 100, 101);
  const zigzag = x.map((place) => (place % 2 ? 1 : -1));
  for (const value of onGrid(x, zigzag, evenly(0, 100, 11)).slice(1, -1))
    expect(Math.abs(value)).toBeLessThan(0.2);
});

test("the mean of curves with one standard deviation, counted by hand", () => {
  const x = floats(0, 1, 2);
  const mean = meanOf(
    [
      { x, y: floats(1, 2, 3) },
      { x, y: floats(3, 2, Number.NaN) },
      { x: floats(), y: floats() },
    ],
    100,
  );
  expect([...mean.x]).toEqual([0, 1, 2]);
  expect([...mean.y]).toEqual([2, 2, 3]);
  expect([...mean.count]).toEqual([2, 2, 1]);
  expect(mean.high[0]).toBeCloseTo(2 + Math.SQRT2);
  expect(mean.low[1]).toBe(2);
  expect([mean.low[2], mean.high[2]]).toEqual([3, 3]);
});

test("the mean of equal curves that were logged at different steps is that curve", () => {
  const line = (x: Float64Array) => ({ x, y: x.map((place) => place * 2) });
  const mean = meanOf([line(evenly(0, 100, 40)), line(evenly(0, 100, 73)), line(evenly(0, 100, 101))], 50);
  mean.x.forEach((place, at) => {
    expect(Math.abs((mean.y[at] as number) - place * 2)).toBeLessThan(2.1);
  });
});

test("detail takes the place of an outline's stretch and nothing else", () => {
  const whole = { x: floats(0, 10, 20, 30, 40), y: floats(0, 1, 2, 3, 4) };
  const detail = { x: floats(10, 15, 20), y: floats(1, 9, 2) };
  expect(withDetail(whole, detail, 10, 20)).toEqual({
    x: floats(0, 10, 15, 20, 30, 40),
    y: floats(0, 1, 9, 2, 3, 4),
  });
  const empty = { x: floats(), y: floats() };
  expect(withDetail(whole, empty, 11, 19)).toEqual(whole);
});
