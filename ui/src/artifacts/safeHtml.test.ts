import { expect, test } from "vitest";
import { beside } from "./safeHtml";

// What HTML may hold is tried in a browser (e2e/hostile.spec.ts): the DOM of these tests is not one that DOMPurify knows.

test("a relative path stays among the run's files", () => {
  expect(beside("docs/a.md", "../img/b.png?x")).toBe("img/b.png");
  expect(beside("a.md", "./b.png")).toBe("b.png");
  expect(beside("docs/a.md", "/b.png")).toBe("b.png");
  expect(beside("a.md", "../../etc/passwd")).toBeNull();
});
