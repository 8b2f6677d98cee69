import { expect, test } from "vitest";
import { height, moved, placed, settled, TALLEST } from "./scroll";

const SMALL = { whole: 32_000, view: 800 };
const MILLION = { whole: 40_000_000, view: 800 };
const END = MILLION.whole - MILLION.view;

test("few rows are scrolled as the browser does it", () => {
  expect(height(SMALL)).toBe(32_000);
  expect(moved({ top: 0, y: 0 }, 12_345, SMALL)).toEqual({ top: 12_345, y: 12_345 });
  expect(placed(99_999, SMALL).y).toBe(SMALL.whole - SMALL.view);
});

test("no element is higher than a browser can draw", () => {
  expect(height(MILLION)).toBe(TALLEST);
});

test("a drag of the bar leads to the same share of a million rows, and both ends are reached", () => {
  const end = TALLEST - MILLION.view;
  expect(moved({ top: 0, y: 0 }, end, MILLION).y).toBe(END);
  expect(moved({ top: end, y: END }, 0, MILLION).y).toBe(0);
  expect(moved({ top: 0, y: 0 }, end / 2, MILLION).y / END).toBeCloseTo(0.5, 6);
});

test("a small move moves the rows by exactly as much", () => {
  const there = placed(20_000_000, MILLION);
  expect(moved(there, there.top + 53, MILLION).y).toBe(20_000_053);
  expect(moved(there, there.top - 53, MILLION).y).toBe(19_999_947);
});

test("small moves alone reach every row: at the bar's end it is set back, and the rows stay", () => {
  let place = placed(30_000, MILLION);
  for (let step = 0; step < 2_000 && place.y > 0; step += 1) {
    const top = Math.max(0, place.top - 100);
    const next = moved(place, top, MILLION);
    expect(place.y - next.y).toBeLessThanOrEqual(100);
    place = next;
  }
  expect(place.y).toBe(0);
  expect(place.top).toBe(0);
});

test("after a pause the bar stands where it belongs, the rows do not move", () => {
  const drifted = { top: 5_000, y: 900_000 };
  expect(settled(drifted, MILLION)).toEqual(placed(900_000, MILLION));
  expect(settled(placed(900_000, MILLION), MILLION)).toEqual(placed(900_000, MILLION));
});
