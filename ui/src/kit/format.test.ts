import { afterEach, expect, test } from "vitest";
import { speak } from "../words/words";
import { ago, bytes, count, duration, moment, number, percent } from "./format";

afterEach(() => speak("en"));

test.each([
  [0, "0"],
  [0.91234567, "0.91235"],
  [0.5, "0.5"],
  [12, "12"],
  [1234567, "1,234,567"],
  [123456.789, "123,456.8"],
  [0.00001234, "1.234e-5"],
  [-3.2e15, "-3.2e15"],
  [Number.NaN, "NaN"],
  ["NaN", "NaN"],
  ["-Infinity", "−∞"],
])("the number %s is written %s", (value, text) => {
  expect(number(value)).toBe(text);
});

test.each([
  [0, "0ms"],
  [999, "999ms"],
  [3_240, "3.2s"],
  [59_999, "59s"],
  [60_000, "1m"],
  [3_599_000, "59m 59s"],
  [90_000_000, "1d 1h"],
])("%s ms last %s", (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test("moments are told from now, by the largest unit", () => {
  expect(ago(1_000, 2_000)).toBe("now");
  expect(ago(0, 7_200_000)).toBe("2 hr. ago");
  expect(ago(0, 86_400_000)).toBe("yesterday");
});

test("sizes are decimal, with a fraction only where it says something", () => {
  expect(bytes(1)).toBe("1 byte");
  expect(bytes(999_999)).toBe("1 MB");
  expect(bytes(1_540_000)).toBe("1.5 MB");
  expect(bytes(154_000_000)).toBe("154 MB");
});

test("Spanish has its own commas, dates and words", async () => {
  await speak("es");
  expect(number(0.5)).toBe("0,5");
  expect(count(12_345)).toBe("12.345");
  expect(percent(0.125)).toBe("12,5\u00a0%");
  expect(moment(Date.UTC(2026, 0, 5, 12))).toMatch(/ene/);
  expect(ago(0, 86_400_000)).toBe("ayer");
});
