import { expect, test } from "vitest";
import {
  added,
  checkCharts,
  configured,
  FRESH,
  headline,
  isOpen,
  keptCharts,
  move,
  removed,
  type Section,
  sectionsOf,
  shifted,
  sized,
  sizeOf,
  turned,
} from "./layout";

const fields = {
  metrics: ["epoch_seconds", "loss", "system/cpu", "system/gpu", "train/acc", "train/loss", "val/accuracy"],
  params: ["depth"],
  tags: [],
  cut: false,
};
const ids = (sections: Section[]) =>
  Object.fromEntries(sections.map(({ name, cards }) => [name, cards.map(({ id }) => id)]));

test("metrics stand by prefix, what matters first, the system's last and shut, comparisons on top", () => {
  const sections = sectionsOf(fields, 10, FRESH);
  expect(ids(sections)).toEqual({
    "*": ["parallel", "importance", "scatter"],
    "": ["m:val/accuracy", "m:loss", "m:epoch_seconds"],
    "train/": ["m:train/acc", "m:train/loss"],
    "system/": ["m:system/cpu", "m:system/gpu"],
  });
  expect(sections.map(({ name }) => name)).toEqual(["*", "", "train/", "system/"]);
  expect(isOpen(FRESH, "train/")).toBe(true);
  expect(isOpen(FRESH, "system/")).toBe(false);
  expect(isOpen(turned(FRESH, "system/"), "system/")).toBe(true);
  expect(turned(turned(FRESH, "x"), "x")).toEqual(FRESH);
  expect(ids(sectionsOf(fields, 2, FRESH))).not.toHaveProperty("*");
});

test("a search by regular expression keeps what fits; a broken one is a text", () => {
  const find = (text: string) =>
    sectionsOf(fields, 10, { ...FRESH, find: text }).flatMap(({ cards }) => cards.map(({ id }) => id));
  expect(find("^(train|val)/a")).toEqual(["m:val/accuracy", "m:train/acc"]);
  expect(find("LOSS$")).toEqual(["m:loss", "m:train/loss"]);
  expect(find("system/(")).toEqual([]);
});

test("cards are moved, sized, configured, added and removed, and stay so through an address", () => {
  let state = move(FRESH, "m:loss", "m:val/accuracy");
  state = added(state, "box", ["params.depth", "metrics.loss"]);
  state = configured(state, "scatter", ["params.depth", "metrics.loss"]);
  state = removed(state, "importance");
  const [card] = state.added;
  expect(card?.id).toBe("c1");
  state = sized(state, card ?? { id: "", kind: "box", fields: [] }, [9, -3]);
  const back = checkCharts(JSON.parse(JSON.stringify(keptCharts(state))));
  expect(back).toEqual(state);
  expect(ids(sectionsOf(fields, 10, back))).toMatchObject({
    "*": ["parallel", "scatter", "c1"],
    "": ["m:loss", "m:val/accuracy", "m:epoch_seconds"],
  });
  expect(sizeOf(back, card ?? { id: "", kind: "box", fields: [] })).toEqual([3, 0]);
  expect(removed(back, "c1").added).toEqual([]);
  expect(keptCharts(FRESH)).toBeUndefined();
});

test("shifting by one is undone by shifting back, wherever a card stands, and ends at the ends", () => {
  const cards = ["a", "b", "c", "d", "e"];
  const given = { ...fields, metrics: cards, params: [] };
  const order = (state: typeof FRESH) =>
    (sectionsOf(given, 1, state)[0] as Section).cards.map(({ id }) => id.slice(2)).join("");
  let state = FRESH;
  for (let turn = 0; turn < 90; turn += 1) {
    const before = order(state);
    const id = `m:${cards[(turn * 7) % 5]}`;
    const by = turn % 3 ? 1 : -1;
    const there = shifted(state, sectionsOf(given, 1, state)[0] as Section, id, by);
    if (there === state) expect(before.at(by > 0 ? -1 : 0)).toBe(id.slice(2));
    else
      expect(order(shifted(there, sectionsOf(given, 1, there)[0] as Section, id, by > 0 ? -1 : 1))).toBe(
        before,
      );
    expect([...order(there)].sort().join("")).toBe("abcde");
    state = there;
  }
  expect(state.moves.length).toBeLessThanOrEqual(100);
});

test("damaged states are read as far as they go", () => {
  for (const raw of [
    null,
    7,
    "x",
    [],
    { added: [{ id: 1 }, { id: "c1", kind: "pie" }], sizes: { a: [9, 9] }, moves: [[], "x"] },
  ])
    expect(checkCharts(raw)).toEqual(FRESH);
  expect(checkCharts({ smooth: 2, x: "time" })).toEqual({ ...FRESH, x: "time" });
});

test.each([
  [["loss", "val/accuracy", "train/accuracy"], "val/accuracy"],
  [["train_rmse", "test_rmse", "epoch_time"], "test_rmse"],
  [["system/cpu"], null],
  [["accuracy_score", "f1_score", "auc"], "auc"],
])("of %j the headline is %s", (metrics, best) => {
  expect(headline(metrics)).toBe(best);
});
