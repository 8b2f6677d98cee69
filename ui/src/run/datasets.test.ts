import { expect, test } from "vitest";
import { dataOf } from "./datasets";

const schema = JSON.stringify({
  mlflow_colspec: [
    { type: "double", name: "radius", required: true },
    { type: "string", name: "ward", required: false },
  ],
});

test("a column is told with its figures, which are no part of the whole's", () => {
  const profile = JSON.stringify({
    num_rows: 426,
    columns: [
      { name: "radius", missing: 0, mean: 14.1, std: null },
      { name: "ward", missing: 2, distinct: 17 },
    ],
  });
  const data = dataOf({
    dataset: { name: "d", digest: "1", source_type: "code", source: "", schema, profile },
  });
  expect(data.profile).toEqual([["num_rows", "426"]]);
  expect(data.figures).toEqual(["missing", "mean", "distinct"]);
  expect(data.columns).toEqual([
    { name: "radius", type: "double", required: true, figures: { missing: 0, mean: 14.1 } },
    { name: "ward", type: "string", required: false, figures: { missing: 2, distinct: 17 } },
  ]);
});

test("a profile of another kind stands as it is", () => {
  const profile = JSON.stringify({ features_shape: [150, 4], columns: ["a", "b"] });
  const data = dataOf({
    dataset: { name: "d", digest: "1", source_type: "local", source: "x.csv", schema, profile },
  });
  expect(data.profile).toEqual([
    ["features_shape", "150 × 4"],
    ["columns", "a × b"],
  ]);
  expect(data.figures).toEqual([]);
  expect(data.source).toBe("x.csv");
});
