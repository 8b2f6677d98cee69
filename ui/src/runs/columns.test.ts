import { expect, test } from "vitest";
import type { Fields } from "../api/types.gen";
import {
  type ColumnsOf,
  hide,
  keep,
  layout,
  move,
  offered,
  replace,
  seen,
  show,
  shown,
  usual,
} from "./columns";

const FIELDS: Fields = {
  metrics: ["auc", "loss", "system/cpu"],
  params: ["depth", "seed"],
  tags: ["mlflow.user", "team"],
  cut: false,
};
const USUAL = usual(FIELDS, false);
const START: ColumnsOf = { columns: ["."], off: [], keep: 0 };
const after = (state: ColumnsOf) => shown(state, USUAL);

test("metrics stand first, then params and a person's own tags; the system's are offered, not shown", () => {
  expect(USUAL).toEqual([
    "start_time",
    "duration",
    "metrics.auc",
    "metrics.loss",
    "params.depth",
    "params.seed",
    "tags.team",
  ]);
  expect(offered(FIELDS, true)).toEqual(
    expect.arrayContaining(["experiment", "status", "metrics.`system/cpu`", "tags.mlflow.user"]),
  );
});

test("a hidden column is named, and columns of the future still appear", () => {
  const state = hide(START, USUAL, "params.seed");
  expect(state.off).toEqual(["params.seed"]);
  expect(after(state)).not.toContain("params.seed");
  expect(shown(state, [...USUAL, "metrics.new"])).toContain("metrics.new");
  expect(after(show(state, USUAL, "params.seed"))).toEqual(USUAL);
});

test("moving a column says no more of the order than it must", () => {
  const state = move(START, USUAL, "metrics.loss", 0);
  expect(after(state)).toEqual(["metrics.loss", ...USUAL.filter((field) => field !== "metrics.loss")]);
  expect(state.columns).toEqual(["metrics.loss", "start_time", "duration", "metrics.auc", "."]);
});

test("a metric's column shows another number in the same place", () => {
  const state = replace(START, USUAL, "metrics.auc", "metrics.auc.max", USUAL);
  expect(after(state)).toEqual(USUAL.map((field) => (field === "metrics.auc" ? "metrics.auc.max" : field)));
  const back = replace(state, after(state), "metrics.auc.max", "metrics.auc", USUAL);
  expect(after(back)).toEqual(USUAL);
});

test("a frozen column joins those that stand still, and leaves them again", () => {
  const state = keep(START, USUAL, "params.depth");
  expect(state.keep).toBe(1);
  expect(after(state)[0]).toBe("params.depth");
  expect(keep(state, after(state), "params.depth").keep).toBe(0);
  expect(hide(state, after(state), "params.depth").keep).toBe(0);
});

test("of five hundred columns only those in sight are drawn", () => {
  const many = Array.from({ length: 500 }, (_, at) => `metrics.m${at}`);
  const { rest, restWidth } = layout(many, { widths: {}, keep: 0 });
  for (const left of [0, 1, 12_345, restWidth - 900]) {
    const [first, last] = seen(rest, left, 900);
    expect(last - first).toBeLessThan(15);
    expect(rest[first]?.x ?? 0).toBeLessThanOrEqual(left);
    const end = rest[last - 1];
    expect((end?.x ?? 0) + (end?.width ?? 0)).toBeGreaterThanOrEqual(left + 900);
  }
});
