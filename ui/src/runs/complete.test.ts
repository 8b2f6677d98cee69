import { expect, test } from "vitest";
import { accepted, fieldOffers, operatorOffers, spotAt, timeOffers, valueOffers } from "./complete";

/** The spot at the bar: `metrics.a|`. */
function at(text: string) {
  const caret = text.indexOf("|");
  return spotAt(text.replace("|", ""), caret);
}

test.each([
  ["|", "field", ""],
  ["metr|", "field", "metr"],
  ["metrics.auc |", "operator", ""],
  ["metrics.auc i|", "operator", "i"],
  ["metrics.`val loss` |", "operator", ""],
  ["params.model = |", "value", ""],
  ["params.model =|", "value", ""],
  ["params.model = 'r|", "value", "r"],
  ["params.model = 'rf' |", "join", ""],
  ["params.model = 'rf' an|", "join", "an"],
  ["params.model = 'rf' AND |", "field", ""],
  ["params.model = 'rf' AND NOT (|", "field", ""],
  ["params.model IN (|", "value", ""],
  ["params.model IN ('a', |", "value", ""],
  ["params.model IN ('a') |", "join", ""],
  ["metrics.a BETWEEN 1 AND |", "value", ""],
  ["metrics.a BETWEEN 1 AND 2 AND |", "field", ""],
  ["params.model IS NOT NULL |", "join", ""],
  ["metrics.a > 0.5|", "none", "0.5"],
  ["met| = 1", "field", "met"],
])("at %s a %s is due", (text, kind, begins) => {
  expect(at(text)).toMatchObject({ kind, begins });
});

test("operators and values know their field", () => {
  expect(at("status = 'FIN|").field).toBe("status");
  expect(at("a.b = 1 AND params.model = '|").field).toBe("params.model");
});

test("any text and any place in it has a spot", () => {
  for (const text of ["'", "((", "a = = b", "`x", "metrics..", "1 2 3 AND", "ñ ☃ \u0000", "a.b = 'c"])
    for (let caret = 0; caret <= text.length; caret += 1) {
      const { start, end } = spotAt(text, caret);
      expect(start).toBeLessThanOrEqual(end);
      expect(end).toBeLessThanOrEqual(text.length);
    }
});

test("fields that begin with the word stand before those that hold it", () => {
  const fields = { metrics: ["test_auc", "auc"], params: ["auc_kind"], tags: [], cut: false };
  expect(fieldOffers(fields, "auc").map(({ text }) => text)).toEqual([
    "metrics.auc",
    "params.auc_kind",
    "metrics.test_auc",
  ]);
  expect(fieldOffers(fields, "metrics.auc.m").map(({ text }) => text)).toEqual([
    "metrics.auc.min",
    "metrics.auc.max",
    "metrics.auc.mean",
  ]);
});

test("numbers are compared by size, texts by likeness", () => {
  expect(operatorOffers("metrics.a", "").map(({ text }) => text)).toContain(">=");
  expect(operatorOffers("params.a", "").map(({ text }) => text)).not.toContain(">=");
  expect(operatorOffers("params.a", "l").map(({ text }) => text)).toEqual(["LIKE"]);
  expect(timeOffers("start_time", "")[0]?.text).toBe("now() - 1h");
});

test("an accepted offer takes the word's place and leaves a blank behind it", () => {
  const [offer] = valueOffers(["rf"]);
  if (!offer) throw new Error("no offer");
  expect(accepted("params.model = 'r", at("params.model = 'r|"), offer)).toEqual({
    text: "params.model = 'rf' ",
    caret: 20,
  });
  expect(accepted("a =", spotAt("a =", 3), offer).text).toBe("a = 'rf' ");
});
