import { expect, test } from "vitest";
import {
  logTicks,
  niceStep,
  numberLabels,
  relativeLabels,
  relativeTicks,
  ticks,
  timeLabels,
  timeTicks,
} from "./ticks";

test("marks are round, rising, evenly apart, within the range and about as many as asked for", () => {
  for (let at = 0; at < 400; at += 1) {
    const low = Math.sin(at) * 10 ** ((at % 13) - 6);
    const high = low + (1 + Math.abs(Math.cos(at * 7))) * 10 ** ((at % 11) - 5);
    const found = ticks(low, high, 6);
    expect(found.length).toBeGreaterThanOrEqual(1);
    expect(found.length).toBeLessThanOrEqual(10);
    const slack = (high - low) * 1e-6;
    for (const tick of found) expect(tick >= low - slack && tick <= high + slack).toBe(true);
    for (let one = 2; one < found.length; one += 1) {
      const apart = (found[one] as number) - (found[one - 1] as number);
      expect(apart / ((found[1] as number) - (found[0] as number))).toBeCloseTo(1, 2);
    }
  }
});

test("known ranges have the marks one would write oneself", () => {
  expect(ticks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  expect(ticks(0, 0.3, 3)).toEqual([0, 0.1, 0.2, 0.3]);
  expect(ticks(3, 3, 5)).toEqual([3]);
  expect(ticks(Number.NaN, 1, 5)).toEqual([]);
  expect(niceStep(0.03)).toBeCloseTo(0.02);
  expect(niceStep(4)).toBe(5);
  expect(logTicks(0.001, 1000, 8)).toEqual([0.001, 0.01, 0.1, 1, 10, 100, 1000]);
  expect(logTicks(1, 10, 6)).toEqual([1, 2, 5, 10]);
  expect(logTicks(10, 14, 4)).toEqual([10, 11, 12, 13, 14]);
  expect(logTicks(-1, 10, 5)).toEqual([]);
  expect(logTicks(1e-20, 1e20, 5).length).toBeLessThanOrEqual(6);
});

test("durations are cut at whole minutes and hours", () => {
  expect(relativeTicks(0, 3_600_000, 6)).toEqual([0, 10, 20, 30, 40, 50, 60].map((n) => n * 60_000));
  expect(relativeLabels([0, 600_000, -1_000])).toEqual(["0", "10m", "−1s"]);
});

test("days begin at local midnight, and are written as dates", () => {
  const start = new Date(2026, 2, 1, 15, 30).getTime();
  const marks = timeTicks(start, start + 6 * 86_400_000, 6);
  for (const mark of marks) expect(new Date(mark).getHours()).toBe(0);
  expect(timeLabels(marks, "en")[0]).toBe("Mar 2");
  expect(timeLabels(marks, "es")[0]).toMatch(/2 mar/);
  const hours = timeTicks(start, start + 6 * 3_600_000, 6);
  expect(hours.length).toBeGreaterThanOrEqual(5);
  for (const mark of hours) expect(new Date(mark).getMinutes()).toBe(0);
  const years = timeTicks(new Date(2020, 5, 1).getTime(), new Date(2026, 5, 1).getTime(), 7);
  expect(years.map((mark) => new Date(mark).getMonth())).toEqual(years.map(() => 0));
});

test("labels of one axis differ, and large numbers are short", () => {
  expect(numberLabels([0, 5_000, 10_000, 15_000])).toEqual(["0", "5k", "10k", "15k"]);
  expect(numberLabels([1_000_000, 1_000_001])).toHaveLength(2);
  for (const marks of [
    ticks(0.9991, 0.9999, 5),
    ticks(1e-7, 5e-7, 4),
    ticks(-3e8, 3e8, 6),
    ticks(100_000, 100_010, 5),
  ])
    expect(new Set(numberLabels(marks)).size).toBe(marks.length);
});
