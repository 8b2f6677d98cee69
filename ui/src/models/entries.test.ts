import { expect, test } from "vitest";
import type { Run, Version } from "../api/types.gen";
import { entriesOf, metricsOf, ordered, shownMetrics } from "./entries";

function version(number: number, run_id: string): Version {
  return {
    name: "m",
    version: String(number),
    creation_timestamp: 100 - number,
    last_updated_timestamp: 0,
    current_stage: "None",
    source: "",
    run_id,
    status: "READY",
    run_link: "",
  };
}

function run(run_id: string, metrics: Record<string, number | string>): [string, Run] {
  const list = Object.entries(metrics).map(([key, value]) => ({ key, value, timestamp: 0, step: 0 }));
  return [run_id, { info: { run_id }, data: { metrics: list } } as Run];
}

const runs = new Map([
  run("a", { auc: 0.9, loss: 1, "system/cpu": 5 }),
  run("b", { auc: 0.95, "system/cpu": 5 }),
  run("c", { auc: "NaN", "system/cpu": 5 }),
]);
const entries = entriesOf([version(1, "a"), version(2, "b"), version(3, "c"), version(4, "gone")], runs);
const order = (sort: string) => ordered(entries, sort).map(({ version }) => version.version);

test("metrics that most versions have come first, the machine's last", () => {
  expect(metricsOf(entries)).toEqual(["auc", "loss", "system/cpu"]);
});

test("the first few metrics are shown until others are chosen, even none", () => {
  const all = metricsOf(entries);
  expect(shownMetrics(undefined, all)).toEqual(["auc", "loss"]);
  expect(shownMetrics("loss*gone", all)).toEqual(["loss"]);
  expect(shownMetrics("", all)).toEqual([]);
});

test("versions without the value that orders them come last, whichever way", () => {
  expect(order("-auc")).toEqual(["2", "1", "4", "3"]);
  expect(order("auc")).toEqual(["1", "2", "4", "3"]);
  expect(order("-version")).toEqual(["4", "3", "2", "1"]);
  expect(order("created")).toEqual(["4", "3", "2", "1"]);
});
