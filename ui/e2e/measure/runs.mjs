/**
 * How fast the table of runs is, in Chromium: first row, sort, filter, scrolling down and across.
 *
 *     node e2e/measure/runs.mjs http://127.0.0.1:5000/experiments/1 [--times 5] [--sort accuracy] [--filter "metrics.accuracy > 0.5"]
 *
 * Clocks are the page's own, read in animation frames. A row counts as drawn when it has `data-run-id` and none of its cells is
 * still blank. `blank` is the longest time for which one and the same line stood in sight without its content.
 */
import { parseArgs } from "node:util";
import { chromium } from "@playwright/test";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    times: { type: "string", default: "5" },
    sort: { type: "string", default: "accuracy" },
    filter: { type: "string", default: "metrics.accuracy > 0.5" },
    chromium: { type: "string", default: "/usr/bin/chromium" },
    only: { type: "string", default: "" },
  },
});
const [url] = positionals;
if (!url) throw new Error("which page? node e2e/measure/runs.mjs http://127.0.0.1:5000/experiments/1");
const times = Number(options.times);
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const ROW = ".run-body [role=row][data-run-id]";

const browser = await chromium.launch({ executablePath: options.chromium, args: FLAGS });
const wanted = (name) => !options.only || options.only.split(",").includes(name);
if (wanted("first")) await firstRow();
const page = await opened();
if (wanted("sort")) await sorting(page);
if (wanted("filter")) await filtering(page);
if (wanted("scroll")) await scrolling(page);
if (wanted("across")) await across(page);
await browser.close();

async function opened() {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.goto(url);
  await page.waitForSelector(ROW);
  await page.waitForTimeout(1_000);
  return page;
}

async function firstRow() {
  const cold = [];
  const warm = [];
  for (let time = 0; time < times; time += 1) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    await page.goto(url, { waitUntil: "commit" });
    cold.push(await drawn(page));
    await page.waitForTimeout(500);
    await page.reload({ waitUntil: "commit" });
    warm.push(await drawn(page));
    await context.close();
  }
  say("first row, empty cache", cold, "ms");
  say("first row, reload", warm, "ms");
}

/** When the first row has a size, by the clock that began with the navigation. */
async function drawn(page) {
  const handle = await page.waitForFunction(
    (row) => {
      const box = document.querySelector(row)?.getBoundingClientRect();
      return box && box.height > 0 ? performance.now() : false;
    },
    ROW,
    { polling: "raf", timeout: 60_000 },
  );
  return handle.jsonValue();
}

async function sorting(page) {
  const took = [];
  for (let time = 0; time < times * 2; time += 1) {
    const head = page.locator("[role=columnheader] .run-sort", { hasText: new RegExp(`^${options.sort}`) });
    const box = await head.first().boundingBox();
    await watch(page);
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    took.push(await page.evaluate(() => window.__settled));
  }
  say(`sort by ${options.sort}, click to rows drawn`, took, "ms");
}

async function filtering(page) {
  // Without an order: else the first rows may be the same ones with and without the filter.
  await page.goto(url);
  await page.waitForSelector(ROW);
  await page.waitForTimeout(1_000);
  const took = [];
  for (let time = 0; time < times; time += 1) {
    for (const text of [options.filter, ""]) {
      await watch(page);
      await page.evaluate((query) => {
        // Typed and sent in one go, so that the answer while typing cannot come before.
        const field = document.querySelector("[role=combobox]");
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(field, query);
        field.dispatchEvent(new Event("input", { bubbles: true }));
        field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
      }, text);
      const ms = await page.evaluate(() => window.__settled);
      if (text) took.push(ms);
      await page.waitForTimeout(300);
    }
  }
  say(`filter ${options.filter}, Enter to rows drawn`, took, "ms");
}

/** From the next click or Enter until other rows than now stand there, whole. */
async function watch(page) {
  await page.evaluate(() => {
    const rows = () => [...document.querySelectorAll(".run-body [role=row]")];
    const names = () =>
      rows()
        .map((row) => row.dataset.runId)
        .slice(2, 8)
        .join();
    const before = names();
    window.__settled = new Promise((done) => {
      let start = 0;
      const begin = (event) => {
        if (event.type === "keydown" && event.key !== "Enter") return;
        start = performance.now();
        removeEventListener("pointerdown", begin, true);
        removeEventListener("keydown", begin, true);
      };
      addEventListener("pointerdown", begin, true);
      addEventListener("keydown", begin, true);
      const look = () => {
        const whole = rows().length > 2 && !document.querySelector(".run-body .run-blank");
        const busy = document.querySelector(".run-grid")?.getAttribute("aria-busy") === "true";
        if (start && whole && !busy && names() !== before) done(performance.now() - start);
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });
  });
}

async function scrolling(page) {
  for (const [what, step, frames] of [
    ["wheel, 3,000 px/s", 50, 300],
    ["wheel, 12,000 px/s", 200, 300],
    ["drag of the bar through all rows", 0, 240],
  ]) {
    await page.evaluate(() => {
      document.querySelector(".run-grid").scrollTop = 0;
    });
    await page.waitForTimeout(600);
    const found = await page.evaluate(measureScroll, { step, frames, across: false });
    tell(what, found);
  }
}

async function across(page) {
  await page.evaluate(() => {
    document.querySelector(".run-grid").scrollTop = 0;
  });
  for (const [what, step, frames] of [
    ["across, 3,000 px/s", 50, 240],
    ["across all columns in four seconds", 0, 240],
  ]) {
    await page.evaluate(() => {
      document.querySelector(".run-grid").scrollLeft = 0;
    });
    await page.waitForTimeout(600);
    tell(what, await page.evaluate(measureScroll, { step, frames, across: true }));
  }
}

/** Scrolls a little in every frame and watches what stands there. Runs in the page. */
function measureScroll({ step, frames, across }) {
  const grid = document.querySelector(".run-grid");
  const whole = across ? grid.scrollWidth - grid.clientWidth : grid.scrollHeight - grid.clientHeight;
  const by = step || whole / frames;
  const blankSince = new Map();
  const times = [];
  let blank = 0;
  let ended = 0;
  return new Promise((done) => {
    let last = performance.now();
    let left = frames;
    const frame = () => {
      const now = performance.now();
      times.push(now - last);
      last = now;
      const view = document.querySelector(".run-body").getBoundingClientRect();
      const seen = new Set();
      for (const row of document.querySelectorAll(".run-body [role=row]")) {
        const box = row.getBoundingClientRect();
        if (box.bottom <= view.top || box.top >= view.bottom) continue;
        if (row.dataset.runId && !row.querySelector(".run-blank")) continue;
        seen.add(row.dataset.line);
        const since = blankSince.get(row.dataset.line) ?? now;
        blankSince.set(row.dataset.line, since);
        blank = Math.max(blank, now - since);
      }
      for (const line of blankSince.keys()) if (!seen.has(line)) blankSince.delete(line);
      if (left-- > 0) {
        if (across) grid.scrollLeft += by;
        else grid.scrollTop += by;
        requestAnimationFrame(frame);
        ended = now;
      } else if (blankSince.size > 0 && now - ended < 10_000) requestAnimationFrame(frame);
      else done({ times: times.slice(1), blank });
    };
    requestAnimationFrame(frame);
  });
}

function tell(what, { times, blank }) {
  const sum = times.reduce((one, other) => one + other, 0);
  const sorted = times.toSorted((one, other) => one - other);
  const worst = sorted[Math.floor(sorted.length * 0.99)];
  console.log(
    `${what}: ${(1000 / (sum / times.length)).toFixed(1)} frames/s, 99 % of frames within ${worst.toFixed(0)} ms, blank at most ${blank.toFixed(0)} ms`,
  );
}

function say(what, values, unit) {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted[Math.floor(sorted.length / 2)];
  console.log(
    `${what}: median ${middle.toFixed(0)} ${unit}, least ${sorted[0].toFixed(0)} ${unit} (${values.length})`,
  );
}
