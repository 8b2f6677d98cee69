/** Set up before every file of tests: words in English, and what happy-dom lacks. */

import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";
import { startWords } from "../words/words";

await startWords("en");
afterEach(cleanup);

globalThis.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
};
