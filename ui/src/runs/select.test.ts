import { expect, test } from "vitest";
import { ALL, has, NONE, put, sizeOf, toggle } from "./select";

test("a million runs are selected without naming them, and some taken out again", () => {
  const some = put(toggle(ALL, 7), [8, 9], false);
  expect(sizeOf(some, 1_000_000)).toBe(999_997);
  expect([has(some, 7), has(some, 10)]).toEqual([false, true]);
  expect(sizeOf(put(some, [7, 8], true), 1_000_000)).toBe(999_999);
});

test("a range adds to what is selected", () => {
  const some = put(put(NONE, [1], true), [3, 4, 5], true);
  expect([1, 2, 3, 4, 5].filter((id) => has(some, id))).toEqual([1, 3, 4, 5]);
});
