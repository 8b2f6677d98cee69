import { expect, test } from "vitest";
import { explained, importances } from "./importance";
import { correlations, pearson, ranks, spearman } from "./rank";

test("equal values share their rank", () => {
  expect([...ranks([10, 20, 20, 5])]).toEqual([2, 3.5, 3.5, 1]);
});

test("Spearman's rho, counted by hand", () => {
  // differences of ranks 0 1 1 1 1: 1 - 6·4 / (5·24) = 0.8
  expect(spearman([1, 2, 3, 4, 5], [1, 3, 2, 5, 4]).rho).toBeCloseTo(0.8);
  expect(spearman([1, 2, 3, 4], [1, 10, 100, 1000]).rho).toBeCloseTo(1);
  expect(spearman([1, 2, 3, Number.NaN, 5], [9, 8, 7, 1, Number.NaN])).toEqual({ rho: -1, n: 3 });
  expect(spearman([1, 1, 1], [1, 2, 3]).rho).toBeNull();
  expect(spearman([1, 2], [1, 2])).toEqual({ rho: null, n: 2 });
});

test("Pearson's correlation, counted by hand", () => {
  expect(pearson([1, 2, 3], [1, 3, 2])).toBeCloseTo(0.5);
});

test("a table of correlations is symmetric, 1 on its diagonal, and within -1 and 1", () => {
  const columns = [0, 1, 2, 3].map((column) =>
    Array.from({ length: 30 }, (_, at) => (Math.sin((at + 1) * (column + 1) * 12.9898) * 43758.5453) % 1),
  );
  const found = correlations(columns);
  found.forEach((row, at) => {
    expect(row[at]?.rho).toBeCloseTo(1);
    row.forEach((one, other) => {
      expect(found[other]?.[at]).toBe(one);
      expect(Math.abs(one.rho ?? 9)).toBeLessThanOrEqual(1);
    });
  });
});

test("the variance that groups explain, counted by hand", () => {
  // ranks 1 2 | 3 4: between 4·1 = 4, total 5; η² = 0.8; ε² = 1 - 3/2·0.2 = 0.7
  expect(explained(["a", "a", "b", "b"], [1, 2, 3, 4])).toEqual({ share: expect.closeTo(0.7), groups: 2 });
  expect(explained(["a", "b", "c", "d"], [1, 2, 3, 4])).toBeNull();
  expect(explained(["a", "a"], [1, 2])).toBeNull();
  expect(explained(["a", "b", "a", "b"], [1, 1, 1, 1])).toBeNull();
});

test("a rising number is found by ranks, a best value in the middle by groups, a text by its groups, chance hardly", () => {
  const n = 60;
  const depth = Array.from({ length: n }, (_, at) => at % 20);
  const metric = depth.map((value) => 1 - ((value - 9.5) / 10) ** 2);
  const rising = metric.map((value) => Math.exp(value));
  const kind = metric.map((value) => (value > 0.6 ? "good" : "bad"));
  const chance = Array.from({ length: n }, (_, at) => ((at * 7919 + 13) % 101) / 101);
  const found = importances(
    [
      { name: "chance", values: chance },
      { name: "depth", values: depth },
      { name: "rising", values: rising },
      { name: "kind", values: kind },
      { name: "same", values: depth.map(() => 3) },
      { name: "absent", values: depth.map(() => Number.NaN) },
      { name: "unique", values: depth.map((_, at) => `run ${at}`) },
    ],
    metric,
  );
  expect(found.map(({ name }) => name)).toEqual(["rising", "depth", "kind", "chance"]);
  expect(found[0]).toMatchObject({ method: "rank", share: expect.closeTo(1), rho: expect.closeTo(1), n });
  expect(found[1]).toMatchObject({ method: "variance", groups: 5 });
  expect(found[3]?.share).toBeLessThan(0.1);
});
