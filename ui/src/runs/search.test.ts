import { defaultParseSearch, defaultStringifySearch } from "@tanstack/react-router";
import { expect, test } from "vitest";
import { checkRunsSearch, orderBy, type RunsState, searchOf, stateOf } from "./search";

const START = stateOf({});

/** Through an address and back, as a shared link goes. */
function shared(state: RunsState): RunsState {
  return stateOf(checkRunsSearch(defaultParseSearch(defaultStringifySearch(searchOf(state)))));
}

test("a screen at its defaults has an empty address", () => {
  expect(searchOf(START)).toEqual({});
});

test("everything a person can set survives being shared", () => {
  const state: RunsState = {
    query: "metrics.auc > 0.9 AND params.`a*b` = 'x!y'",
    sort: [
      { field: "metrics.auc.max", down: true },
      { field: "params.`a*b!`", down: false },
    ],
    by: ["params.model", "tags.`two words`"],
    flat: true,
    open: ['["rf",null]'],
    columns: ["metrics.auc.max", "curves.loss", "."],
    off: ["params.seed"],
    widths: { "metrics.auc.max": 90, run_name: 300 },
    keep: 2,
    eye: ["a".repeat(32)],
    tints: { ["b".repeat(32)]: 0 },
    pins: ["c".repeat(32)],
    base: "d".repeat(32),
    trash: "all",
    show: "both",
    share: 0.35,
    charts: { smooth: 0.6, hidden: ["loss"] },
  };
  expect(shared(state)).toEqual(state);
});

test.each(["007", "1e3", "true", "null", '"quoted"', "[1]", "-5"])("the query %s stays a text", (query) => {
  expect(shared({ ...START, query }).query).toBe(query);
});

test("lists are joined without signs that an address would have to escape", () => {
  const search = searchOf({
    ...START,
    sort: [{ field: "metrics.auc", down: true }],
    by: ["params.a", "params.b"],
  });
  expect(defaultStringifySearch(search)).toBe("?sort=-metrics.auc&by=params.a*params.b");
});

test("no columns at all is told apart from the usual columns", () => {
  expect(shared({ ...START, columns: ["start_time"] }).columns).toEqual(["start_time"]);
  expect(shared(START).columns).toEqual(["."]);
});

test("what is damaged is as if it were not there", () => {
  const search = checkRunsSearch({
    q: { not: "text" },
    keep: -3,
    share: "wide",
    show: "film",
    rows: 1,
    trash: "none",
    wide: "metrics.a*12x*metrics.b*90",
    tint: "run*77",
    charts: null,
  });
  const state = stateOf(search);
  expect(state).toEqual({ ...START, widths: { "metrics.b": 90 } });
});

test("sort keys become the server's order", () => {
  expect(orderBy(stateOf({ sort: "-metrics.auc*params.depth" }).sort)).toEqual([
    "metrics.auc DESC",
    "params.depth ASC",
  ]);
});
