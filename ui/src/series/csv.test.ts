import { expect, test } from "vitest";
import { csvOf } from "./csv";

test("cells are quoted where they must be, and none is a formula", () => {
  expect(
    csvOf(
      ["run", "x"],
      [
        ['a "b", c', 1.5],
        ["=HYPERLINK(1)", Number.NaN],
        ["-2", -2],
        [null, undefined],
      ],
    ),
  ).toBe('run,x\r\n"a ""b"", c",1.5\r\n\'=HYPERLINK(1),NaN\r\n\'-2,-2\r\n,\r\n');
});
