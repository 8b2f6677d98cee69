import { expect, test } from "vitest";
import type { ExperimentNode } from "../api/types.gen";
import { experimentsIn, grow, partsOf, placeAt, rowsOf } from "./places";

let next = 0;
function node(name: string, runs = 1, last_start: number | null = null): ExperimentNode {
  next += 1;
  return {
    experiment_id: String(next),
    name,
    lifecycle_stage: "active",
    runs,
    running: 0,
    last_start,
    creation_time: 0,
    last_update_time: 0,
    description: "",
  };
}

const top = grow([
  node("vision/cats", 2, 50),
  node("vision/dogs/small", 3, 90),
  node("vision", 1, 10),
  node("Ánimo", 7, 70),
  node("run 10", 0),
  node("run 9", 0),
]);

const shown = (open: string[], sort: "name" | "recent" | "runs" = "name", text = "") =>
  rowsOf(top, new Set(open), sort, text).map(({ place, level }) => "  ".repeat(level - 1) + place.name);

test("folders are closed at first, and count all that is in them", () => {
  expect(shown([])).toEqual(["Ánimo", "run 9", "run 10", "vision"]);
  expect(placeAt(top, "vision")).toMatchObject({ runs: 6, experiments: 3, last: 90 });
});

test("an open folder shows what is in it", () => {
  expect(shown(["vision"])).toEqual(["Ánimo", "run 9", "run 10", "vision", "  cats", "  dogs"]);
});

test("places are ordered by name as people count, by their last run, or by their runs", () => {
  expect(shown([], "recent").slice(0, 2)).toEqual(["vision", "Ánimo"]);
  expect(shown([], "runs").slice(0, 2)).toEqual(["Ánimo", "vision"]);
});

test("a search shows what has the text and the way to it, without accents and case", () => {
  expect(shown([], "name", "SMALL")).toEqual(["vision", "  dogs", "    small"]);
  expect(shown([], "name", "animo")).toEqual(["Ánimo"]);
  expect(shown([], "name", "vision")).toEqual(["vision"]);
  expect(shown([], "name", "nothing")).toEqual([]);
});

test("rows know their place among their siblings", () => {
  const rows = rowsOf(top, new Set(["vision"]), "name", "");
  expect(rows.at(-1)).toMatchObject({ level: 2, at: 2, of: 2, open: false });
});

test("a folder gives all experiments in it, itself included", () => {
  const vision = placeAt(top, "vision");
  expect(vision && experimentsIn(vision).map(({ name }) => name)).toEqual([
    "vision",
    "vision/cats",
    "vision/dogs/small",
  ]);
});

test.each([
  ["a/b", ["a", "b"]],
  ["/Users/ana", ["/Users", "ana"]],
  ["a/", ["a/"]],
  ["/", ["/"]],
])("the parts of %s", (name, parts) => {
  expect(partsOf(name)).toEqual(parts);
});

test("a tree of any names keeps every experiment under a path that is its name", () => {
  const names = ["a", "a/b", "a//b", "/a", "a/b/", "//", "a/b/c", " / "];
  const all = grow(names.map((name) => node(name)));
  expect(
    experimentsIn(all)
      .map(({ name }) => name)
      .sort(),
  ).toEqual([...names].sort());
  const paths = rowsOf(all, new Set(names), "name", "").map(({ place }) => place.path);
  expect(new Set(paths).size).toBe(paths.length);
});
