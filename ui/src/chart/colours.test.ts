import { expect, test } from "vitest";
import { COLOURS, colourOf, coloursOf, numberOf } from "./colours";

const ids = Array.from({ length: 2_000 }, (_, at) => (at * 7919).toString(16).padStart(32, "0"));

test("a run's colour is one of the theme's, the same each time, and about equally many runs have each", () => {
  const counts = new Array<number>(COLOURS).fill(0);
  for (const id of ids) {
    expect(colourOf(id)).toBe(`var(--series-${numberOf(id)})`);
    counts[numberOf(id)] = (counts[numberOf(id)] ?? 0) + 1;
  }
  for (const count of counts) expect(Math.abs(count - ids.length / COLOURS)).toBeLessThan(60);
});

test("a chosen colour wins, and one that does not exist is as if none were chosen", () => {
  expect(colourOf("a", { a: 7 })).toBe("var(--series-7)");
  expect(colourOf("a", { a: 10 })).toBe(colourOf("a"));
  expect(colourOf("a", { a: 1.5 })).toBe(colourOf("a"));
});

test("up to ten runs side by side differ, more share evenly, and what was chosen stays", () => {
  for (let start = 0; start < 300; start += 10) {
    const some = ids.slice(start, start + 10);
    expect(new Set(coloursOf(some).values()).size).toBe(10);
  }
  const many = [...coloursOf(ids.slice(0, 40)).values()];
  for (const colour of new Set(many)) expect(many.filter((one) => one === colour)).toHaveLength(4);
  expect(coloursOf(["a", "b"], { a: 3, b: 3 }).get("b")).toBe("var(--series-3)");
});
