import { expect, test } from "vitest";
import { standing, swarm } from "./swarm";

test("dots that would cover each other are moved aside in turn, others stay on the line", () => {
  expect(swarm([10, 10, 10, 50], 4, 3).map(({ aside }) => aside)).toEqual([0, 1, -1, 0]);
  const crowd = swarm(new Array<number>(100).fill(5), 4, 2).map(({ aside }) => aside);
  expect(new Set(crowd)).toEqual(new Set([0, 1, -1, 2, -2]));
});

test("values stand between the least and the greatest of their column, wild ones at its ends", () => {
  const column = [...Array.from({ length: 99 }, (_, at) => at), 1e9];
  const stands = standing(column);
  expect(stands[0]).toBe(0);
  expect(stands.at(-1)).toBe(1);
  expect(stands[50]).toBeCloseTo(0.5, 1);
  expect(standing(["a", null, 1])).toEqual([null, null, null]);
  expect(standing([2, 2, 2])).toEqual([0.5, 0.5, 0.5]);
});
