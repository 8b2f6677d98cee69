import { expect, test } from "vitest";
import { readEvaluation, readShap } from "./evaluation";

const whole = {
  format: 1,
  task: "binary",
  model: { kind: "Forest" },
  test: { name: "churn", rows: 100 },
  scores: [{ name: "roc_auc", value: 0.9, low: 0.8, high: 0.95, better: "higher", group: "main" }],
  confusions: [
    {
      name: "default",
      labels: ["no", "yes"],
      counts: [
        [50, 5],
        [10, 35],
      ],
    },
  ],
  curves: [{ kind: "roc", label: "yes", x: [0, 0.2, 1], y: [0, 0.9, 1], area: 0.9, low: [], high: [] }],
  slices: [
    {
      conditions: [{ feature: "age", operator: "<=", value: 30 }],
      rows: 9,
      score: "error_rate",
      value: 0.4,
      rest: 0.1,
    },
  ],
};

test("an evaluation is read as it was written", () => {
  const found = readEvaluation(whole);
  expect(found).toMatchObject({
    task: "binary",
    model: "Forest",
    dataset: "churn",
    rows: 100,
    residuals: null,
  });
  expect(found?.scores[0]).toMatchObject({ value: 0.9, low: 0.8, better: "higher" });
  expect(found?.confusions[0]?.counts).toEqual([
    [50, 5],
    [10, 35],
  ]);
  expect(found?.slices[0]).toMatchObject({ conditions: ["age <= 30"], pValue: null });
});

test("what is damaged is left out, and never drawn half", () => {
  const found = readEvaluation({
    ...whole,
    scores: [...whole.scores, { name: "f1", value: "NaN" }, null, 7],
    confusions: [{ name: "cut", labels: ["a", "b"], counts: [[1, 2]] }],
    curves: [{ kind: "roc", x: [0, 1], y: [0] }, { kind: "roc", x: [0, null], y: [0, 1] }, "roc"],
    slices: "many",
    fairness: [{ column: "sex", groups: [{ name: "f", scores: { accuracy: "high" } }], gaps: [{}] }],
  });
  expect(found?.scores).toHaveLength(1);
  expect([found?.confusions, found?.curves, found?.slices]).toEqual([[], [], []]);
  expect(found?.fairness[0]).toEqual({
    column: "sex",
    groups: [{ name: "f", rows: 0, scores: {} }],
    gaps: [],
  });
  for (const raw of [null, [], "x", {}, { task: 1, scores: [] }]) expect(readEvaluation(raw)).toBeNull();
});

test("a later form is refused instead of misread", () => {
  expect(() => readEvaluation({ ...whole, format: 2 })).toThrow(RangeError);
  expect(() => readShap({ version: 2 })).toThrow(RangeError);
});

test("SHAP values are read, and an explanation without them is none", () => {
  const shap = {
    method: "tree",
    outputs: ["yes"],
    importance: [[0.2, 0.1]],
    rows: [3, 4],
    columns: [[1, "a"], []],
    values: [[[0.1, -0.3], []]],
  };
  expect(readShap({ version: 1, features: ["a", "b"], shap })).toMatchObject({
    method: "tree",
    rows: 2,
    columns: [[1, "a"], []],
  });
  expect(readShap({ version: 1, features: ["a"], shap })).toBeNull();
  expect(readShap({ version: 1, features: ["a"], shap: null })).toBeNull();
});
