import { expect, test } from "vitest";
import { fromMlflow } from "./mlflow";

test.each([
  ["#/experiments/0", "/experiments/0"],
  [
    "#/experiments/0?searchFilter=metrics.auc%20%3E%200.9&orderByAsc=false",
    "/experiments/0?q=metrics.auc%20%3E%200.9",
  ],
  ["#/experiments/0/runs/abc", "/runs/abc"],
  ["#/experiments/0/runs/abc/artifacts", "/runs/abc?tab=artifacts"],
  ["#/models", "/models"],
  ["#/models/RandomForest%20Classifier/versions/3", "/models/RandomForest%20Classifier/versions/3"],
  ['#/compare-runs?runs=["a","b"]&experiments=["0"]', "/compare?runs=%5B%22a%22%2C%22b%22%5D"],
  ["#/somewhere", "/"],
  ["#anchor", null],
  ["", null],
])("the old address %s leads to %s", (hash, path) => {
  expect(fromMlflow(hash)).toBe(path);
});

test("damaged addresses lead home instead of failing", () => {
  expect(fromMlflow("#/compare-runs?runs=[")).toBe("/compare?runs=%5B%5D");
  expect(fromMlflow("#/models/%E0%A4%A")).toBe("/models/%25E0%25A4%25A");
});
