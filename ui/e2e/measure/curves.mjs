/**
 * How fast long curves are drawn, in Chromium: from the question to the lines, and from a drag to their detail.
 *
 *     node e2e/measure/curves.mjs "http://127.0.0.1:5000/experiments/1?show=charts" [--times 5] [--lines 10] [--metric loss]
 *
 * Clocks are the page's own, read in animation frames. A chart says in `data-lines` and `data-points` what its canvas shows.
 * `open`: from the navigation to the canvas, the page's files from the browser's cache. `drawn`: from the chart's question to
 * the canvas. `zoom`: from letting go of the mouse to the canvas with the detail of the stretch. `server`: its share of both.
 */
import { parseArgs } from "node:util";
import { chromium } from "@playwright/test";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    times: { type: "string", default: "5" },
    lines: { type: "string", default: "10" },
    metric: { type: "string", default: "loss" },
    chromium: { type: "string", default: "/usr/bin/chromium" },
  },
});
const [url] = positionals;
if (!url)
  throw new Error(
    'which page? node e2e/measure/curves.mjs "http://127.0.0.1:5000/experiments/1?show=charts"',
  );
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const CHART = `figure[aria-label="${options.metric}"] .line-chart`;

const browser = await chromium.launch({ executablePath: options.chromium, args: FLAGS });
const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
const found = { open: [], drawn: [], zoom: [], "server, whole": [], "server, stretch": [] };
for (let time = 0; time <= Number(options.times); time += 1) {
  const page = await context.newPage();
  await page.addInitScript(clock, { chart: CHART, lines: Number(options.lines) });
  await page.goto(url);
  const first = await page.evaluate(() => window.drawn);
  const box = await page.locator(CHART).boundingBox();
  if (!box) throw new Error("the chart is not there");
  const y = box.y + box.height / 2;
  await page.waitForTimeout(400);
  await page.mouse.move(box.x + box.width * 0.42, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, y, { steps: 4 });
  const detail = page.evaluate((chart) => window.detailed(chart), CHART);
  await page.mouse.up();
  const zoom = await detail;
  await page.close();
  if (time === 0) continue; // fills the browser's cache
  found.open.push(first.open);
  found.drawn.push(first.drawn);
  found["server, whole"].push(first.server);
  found.zoom.push(zoom.zoom);
  found["server, stretch"].push(zoom.server);
}
await browser.close();
for (const [name, all] of Object.entries(found)) {
  const sorted = all.sort((one, other) => one - other);
  const said = [sorted[0], sorted[sorted.length >> 1], sorted.at(-1)].map((ms) => `${Math.round(ms)} ms`);
  console.log(`${name.padEnd(16)} min ${said[0]} · median ${said[1]} · max ${said[2]}`);
}

/** In the page: promises of when a chart's canvas shows what it was asked for. */
function clock({ chart, lines }) {
  const questions = () =>
    performance.getEntriesByType("resource").filter(({ name }) => name.endsWith("/hito/curves"));
  const until = (fits) =>
    new Promise((resolve) => {
      const look = () => {
        const element = document.querySelector(chart);
        if (element && fits(element.dataset)) resolve(performance.now());
        else requestAnimationFrame(look);
      };
      look();
    });
  const last = () => questions().at(-1);
  window.drawn = until(({ lines: shown }) => Number(shown) >= lines).then((now) => {
    const asked = questions()[0];
    return { open: now, drawn: now - asked.startTime, server: asked.responseEnd - asked.startTime };
  });
  window.detailed = async (where) => {
    const before = document.querySelector(where).dataset.points;
    const count = questions().length;
    let start = 0;
    addEventListener(
      "mouseup",
      () => {
        start = performance.now();
      },
      { once: true, capture: true },
    );
    const now = await until(({ points }) => points !== before && questions().length > count);
    return { zoom: now - start, server: last().responseEnd - last().startTime };
  };
}
