import { expect, test } from "vitest";
import { asFilter, fieldOf, isAsked, isField, lowerIsBetter, textOf, valueText, withStat } from "./fields";

test.each([
  ["metrics", "auc", "last", "metrics.auc"],
  ["metrics", "auc", "max", "metrics.auc.max"],
  ["metrics", "auc.max", "last", "metrics.`auc.max`"],
  ["metrics", "auc.max", "min", "metrics.`auc.max`.min"],
  ["metrics", "val loss", "mean", "metrics.`val loss`.mean"],
  ["metrics", "system/cpu", "last", "metrics.`system/cpu`"],
  ["params", "a`b", "last", 'params."a`b"'],
  ["params", "lr.max", "last", "params.lr.max"],
  ["tags", "mlflow.user", "last", "tags.mlflow.user"],
  ["tags", "año", "last", "tags.año"],
  ["curves", "loss", "last", "curves.loss"],
  ["attributes", "start_time", "last", "start_time"],
] as const)("%s %s %s is written %s, and read back", (kind, key, stat, text) => {
  expect(textOf(kind, key, stat)).toBe(text);
  expect(fieldOf(text)).toEqual({ kind, key, stat });
});

test("another number of the same metric", () => {
  expect(withStat("metrics.auc.max", "min")).toBe("metrics.auc.min");
  expect(withStat("metrics.`val loss`", "curve")).toBe("curves.`val loss`");
  expect(withStat("curves.auc", "last")).toBe("metrics.auc");
});

test("the server is asked neither for the page's own columns nor for what every row says", () => {
  expect(["metrics.a", "params.b", "tags.c", "curves.a", "duration", "experiment"].filter(isAsked)).toEqual([
    "metrics.a",
    "params.b",
    "tags.c",
  ]);
});

test.each(["loss", "val_loss", "rmse", "test.MAE", "logLoss", "error_rate", "train/brier"])(
  "less %s is better",
  (key) => expect(lowerIsBetter(key)).toBe(true),
);

test.each(["auc", "accuracy", "f1", "closs_up", "emergency", "r2"])("more %s is better", (key) =>
  expect(lowerIsBetter(key)).toBe(false),
);

test("a value that holds one kind of quote stands in the other, one that holds both cannot be said", () => {
  expect(valueText("rf")).toBe("'rf'");
  expect(valueText("it's")).toBe('"it\'s"');
  expect(valueText(`'"`)).toBeNull();
});

test("a plain text becomes a filter that can be joined to others", () => {
  expect(asFilter("a.b (c", "text")).toBe("run_name MATCHES '(?i)\\Qa.b (c\\E'");
  expect(asFilter("metrics.a > 1", "filter")).toBe("metrics.a > 1");
});

test("what an address may hold is told apart from fields of the grammar", () => {
  for (const field of ["duration", "metrics.auc.max", "params.`a b`", 'tags."a`b"', "tags.año"])
    expect(isField(field), field).toBe(true);
  for (const wrong of ["metrics.a,metrics.b", "metrics.", "params.`a", "metrics.a b", "x.y", "1 OR 1"])
    expect(isField(wrong), wrong).toBe(false);
});
