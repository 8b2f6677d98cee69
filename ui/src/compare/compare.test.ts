import { expect, test } from "vitest";
import type { Run } from "../api/types.gen";
import { capturedOf } from "../run/source/captured";
import { bestOf, deltaOf, directionOf } from "./best";
import { diffRows, patchFiles, sizeOf } from "./diff";
import { csvCell, exported } from "./export";
import { differenceFrom, type Line, linesOf, rowsOf } from "./lines";
import { checkCompareSearch } from "./search";

function run(id: string, params: Record<string, string>, metrics: Record<string, number | string>): Run {
  return {
    info: { run_id: id, run_name: id, status: "FINISHED", start_time: 1, end_time: 5, user_id: "ana" },
    data: {
      params: Object.entries(params).map(([key, value]) => ({ key, value })),
      metrics: Object.entries(metrics).map(([key, value]) => ({ key, value, timestamp: 0, step: 0 })),
      tags: [{ key: "mlflow.source.git.commit", value: id === "a" ? "c1" : "c2" }],
    },
  } as unknown as Run;
}

const RUNS = [
  run("a", { lr: "0.1", depth_10: "1", depth_2: "1" }, { auc: 0.9 }),
  run("b", { lr: "0.2", depth_2: "1" }, { auc: 0.95, loss: "NaN" }),
];

function find(lines: Line[], id: string): Line | undefined {
  return lines.find((line) => line.id === id);
}

test("a line differs where values differ or one run has none", () => {
  const lines = linesOf(RUNS, [{}, {}]);
  expect(find(lines, "params/lr")).toMatchObject({ values: ["0.1", "0.2"], differs: true });
  expect(find(lines, "params/depth_10")).toMatchObject({ values: ["1", null], differs: true });
  expect(find(lines, "params/depth_2")).toMatchObject({ values: ["1", "1"], differs: false });
  expect(find(lines, "metrics/auc")?.numbers).toEqual([0.9, 0.95]);
  expect(find(lines, "source/commit")?.values).toEqual(["c1", "c2"]);
  expect(lines.filter(({ section }) => section === "params").map(({ key }) => key)).toEqual([
    "depth_2",
    "depth_10",
    "lr",
  ]);
});

test("times differ by nature and are no differences", () => {
  const [a] = RUNS as [Run];
  const later = { ...a, info: { ...a.info, start_time: 9 } };
  expect(linesOf([a, later], [{}, {}]).filter(({ differs }) => differs)).toEqual([]);
});

test("packages that came, went and changed are lines of the environment", () => {
  const captured = (text: string) => ({ captured: capturedOf(null, text) });
  const lines = linesOf(RUNS, [captured("numpy==1\ngone==1"), captured("numpy==2\ncome==1")]);
  const environment = lines.filter(({ section }) => section === "environment");
  expect(environment.map(({ key, values }) => [key, ...values])).toEqual([
    ["come", null, "1"],
    ["gone", "1", null],
    ["numpy", "1", "2"],
  ]);
});

test("only differences leaves no equal line and no empty section; a search leaves what fits", () => {
  const lines = linesOf(RUNS, [{}, {}]);
  const rows = rowsOf(lines, { only: true, find: "", shut: () => false });
  expect(rows.filter((row) => row.kind === "line").every((row) => row.line.differs)).toBe(true);
  expect(rows.find((row) => row.id === "run")).toBeUndefined();
  expect(rowsOf(lines, { only: false, find: "/^lr$/", shut: () => false }).map(({ id }) => id)).toEqual([
    "params",
    "params/lr",
  ]);
  const shut = rowsOf(lines, { only: false, find: "", shut: (section) => section === "params" });
  expect(shut.find((row) => row.id === "params")).toMatchObject({ lines: 3, differing: 2, shut: true });
  expect(shut.find((row) => row.id === "params/lr")).toBeUndefined();
});

test("from difference to difference, and no further than the last", () => {
  const rows = rowsOf(linesOf(RUNS, [{}, {}]), { only: false, find: "", shut: () => false });
  const ids: string[] = [];
  for (
    let at = differenceFrom(rows, -1, 1), before = -1;
    at !== before;
    before = at, at = differenceFrom(rows, at, 1)
  )
    ids.push(rows[at]?.id ?? "");
  expect(ids).toEqual(["params/depth_10", "params/lr", "metrics/auc", "metrics/loss", "source/commit"]);
  expect(differenceFrom(rows, 0, -1)).toBe(0);
});

test("what is better is guessed from a metric's name", () => {
  const guessed = (key: string) => directionOf(key);
  expect(["val_loss", "rmse", "log_loss", "test/error", "ValLoss", "eval.latency_ms"].map(guessed)).toEqual(
    Array(6).fill("lower"),
  );
  expect(["accuracy", "val_auc", "f1_score", "r2", "recall@10", "roc_auc"].map(guessed)).toEqual(
    Array(6).fill("higher"),
  );
  expect(["epoch", "system/cpu_time", "classes", "n_terror"].map(guessed)).toEqual(Array(4).fill("none"));
});

test("the best are all that are equal; none where all are, or where one is alone", () => {
  expect(bestOf([1, 3, 3, null, Number.NaN], "higher")).toEqual(new Set([1, 2]));
  expect(bestOf([1, 3], "lower")).toEqual(new Set([0]));
  expect(bestOf([2, 2], "higher")).toEqual(new Set());
  expect(bestOf([2, null], "higher")).toEqual(new Set());
});

test("a delta says by how much, and whether that is better", () => {
  expect(deltaOf(0.9, 0.8, "higher")).toMatchObject({ verdict: "better" });
  expect(deltaOf(0.9, 0.8, "lower")).toMatchObject({ verdict: "worse" });
  expect(deltaOf(3, -2, "none")).toEqual({ by: 5, share: 2.5, verdict: "unknown" });
  expect(deltaOf(1, 0, "higher")?.share).toBeNull();
  expect(deltaOf(Number.NaN, 1, "higher")).toBeNull();
  expect(deltaOf(null, 1, "higher")).toBeNull();
});

test("a changed line keeps its number on both sides, and says which words changed", () => {
  const rows = diffRows("one\ntwo\nthree\n", "one\ntwo more\nthree\nfour\n");
  expect(rows).toEqual([
    { kind: "same", a: side(1, "one"), b: side(1, "one") },
    {
      kind: "changed",
      a: side(2, "two"),
      b: {
        line: 2,
        parts: [
          { text: "two", changed: false },
          { text: " more", changed: true },
        ],
      },
    },
    { kind: "same", a: side(3, "three"), b: side(3, "three") },
    { kind: "changed", a: null, b: side(4, "four") },
  ]);
  expect(sizeOf(rows)).toEqual({ come: 2, gone: 1 });
});

test("equal lines far from a change are left out, and counted", () => {
  const long = Array.from({ length: 50 }, (_, at) => `line ${at}`);
  const rows = diffRows(long.join("\n"), [...long.slice(0, 25), "new", ...long.slice(25)].join("\n"), 2);
  expect(rows[0]).toEqual({ kind: "skip", lines: 23 });
  expect(rows.at(-1)).toEqual({ kind: "skip", lines: 23 });
  expect(rows).toHaveLength(7);
  expect(diffRows("a\nb", "a\nb")).toEqual([{ kind: "skip", lines: 2 }]);
});

function side(line: number, text: string) {
  return { line, parts: [{ text, changed: false }] };
}

test("a patch falls into its files", () => {
  const patch = "diff --git a/x.py b/x.py\n+1\ndiff --git a/d/y z.py b/d/y z.py\n-2\n";
  expect([...patchFiles(patch).keys()]).toEqual(["x.py", "d/y z.py"]);
  expect(patchFiles(patch).get("x.py")).toContain("+1");
});

test("a comparison is a file of each kind, and no formula for a spreadsheet", () => {
  const columns = [
    { run_id: "a", name: '=cmd|"x"' },
    { run_id: "b", name: "b|c" },
  ];
  const lines = linesOf(RUNS, [{}, {}]).filter(({ id }) => id === "metrics/auc" || id === "params/depth_10");
  expect(exported("csv", columns, lines)).toBe(
    'section,key,"\'=cmd|""x""",b|c\r\nrun,run_id,a,b\r\nparams,depth_10,1,\r\nmetrics,auc,0.9,0.95\r\n',
  );
  expect(exported("markdown", columns, lines).split("\n")[0]).toBe('| section | key | =cmd\\|"x" | b\\|c |');
  expect(JSON.parse(exported("json", columns, lines))).toEqual({
    runs: [
      { run_id: "a", name: '=cmd|"x"', params: { depth_10: "1" }, metrics: { auc: 0.9 } },
      { run_id: "b", name: "b|c", metrics: { auc: 0.95 } },
    ],
  });
  expect(["-1.5e-3", "-x", "+1", "@a", "\tx"].map(csvCell)).toEqual(["-1.5e-3", "'-x", "+1", "'@a", "'\tx"]);
});

test("an address that was written by hand is read as far as it makes sense", () => {
  expect(
    checkCompareSearch({ runs: ["a", "b", "a", 3], view: "nowhere", only: "yes", low: "x", dim: true }),
  ).toEqual({
    runs: ["a", "b", "3"],
    dim: true,
  });
  expect(checkCompareSearch({})).toEqual({ runs: [] });
});
