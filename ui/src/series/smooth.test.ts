import { expect, test } from "vitest";
import { smoothed, unitOf } from "./smooth";

const floats = (...values: number[]) => Float64Array.from(values);

test("evenly spaced points get the classic average with its bias corrected", () => {
  const calm = smoothed(floats(0, 1, 2), floats(1, 3, 2), 0.5, 1);
  // (0.5·1)/0.5 = 1; (0.5·0.5 + 0.5·3)/0.75 = 7/3; (0.5·1.75 + 0.5·2)/0.875 = 15/7
  expect([...calm].map((value) => value.toFixed(6))).toEqual(["1.000000", "2.333333", "2.142857"]);
});

test("a gap stays a gap, and the average goes on behind it", () => {
  const calm = smoothed(floats(0, 1, 2, 3), floats(4, Number.NaN, Number.POSITIVE_INFINITY, 4), 0.9, 1);
  expect([...calm]).toEqual([4, Number.NaN, Number.POSITIVE_INFINITY, 4]);
});

test("a constant stays the same, and every value stays within what was seen so far", () => {
  for (let seed = 1; seed <= 50; seed += 1) {
    const noise = random(seed);
    const x = floats(...Array.from({ length: 40 }, noise)).sort();
    const y = floats(...Array.from({ length: 40 }, noise));
    const amount = noise();
    const calm = smoothed(x, y, amount, 0.05);
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    y.forEach((value, at) => {
      low = Math.min(low, value);
      high = Math.max(high, value);
      expect(calm[at]).toBeGreaterThanOrEqual(low - 1e-12);
      expect(calm[at]).toBeLessThanOrEqual(high + 1e-12);
    });
    for (const value of smoothed(x, new Float64Array(40).fill(0.7), amount, 0.05))
      expect(value).toBeCloseTo(0.7);
  }
});

test("a curve given with ten times the points is smoothed over the same stretch", () => {
  const wave = (place: number) => Math.sin(place / 15);
  const few = Float64Array.from({ length: 201 }, (_, at) => at);
  const many = Float64Array.from({ length: 2001 }, (_, at) => at / 10);
  const calmFew = smoothed(few, few.map(wave), 0.9, 1);
  const calmMany = smoothed(many, many.map(wave), 0.9, 1);
  for (let at = 60; at <= 200; at += 10)
    expect(Math.abs((calmFew[at] as number) - (calmMany[at * 10] as number))).toBeLessThan(0.05);
});

test("no smoothing gives the very points back", () => {
  const y = floats(1, 2);
  expect(smoothed(floats(0, 1), y, 0, 1)).toBe(y);
});

test("a unit is a point's distance, and a thousandth of long curves", () => {
  expect(unitOf(99, 100)).toBe(1);
  expect(unitOf(1_000_000, 1_000_001)).toBe(1_000);
  expect(unitOf(0, 1)).toBe(1);
});

function random(seed: number): () => number {
  let state = seed * 2654435761;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    return state / 2 ** 32;
  };
}
