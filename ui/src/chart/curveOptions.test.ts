import { expect, test } from "vitest";
import { checkOptions, keptOptions } from "./curveOptions";
import { PLAIN } from "./shown";

test("an address keeps how curves are drawn, and only what is unlike the usual", () => {
  const chosen = { ...PLAIN, x: "relative", smooth: 0.6, logY: true } as const;
  expect(keptOptions(chosen)).toEqual({ x: "relative", smooth: 0.6, logY: true });
  expect(checkOptions(keptOptions(chosen))).toEqual(chosen);
  expect(keptOptions(PLAIN)).toBeUndefined();
});

test("a damaged address draws curves as usual", () => {
  for (const raw of [undefined, null, "x", [], { x: "moon", smooth: 7, logX: "yes" }, { smooth: "NaN" }])
    expect(checkOptions(raw)).toEqual(PLAIN);
});
