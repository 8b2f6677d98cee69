/** Pictures of every screen for docs/gallery.md: light, dark, Spanish, narrow. `npm run gallery` takes them. */
import { mkdir, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type Browser, test } from "@playwright/test";
import { server } from "./page";
import { type Screen, screens } from "./screens";

const folder = process.env.HITO_GALLERY_FOLDER ?? resolve(import.meta.dirname, "../../docs/pictures/ui");

const LOOKS = [
  { name: "light", theme: "light", language: "en", width: 1280, height: 800 },
  { name: "dark", theme: "dark", language: "en", width: 1280, height: 800 },
  { name: "spanish", theme: "light", language: "es", width: 1280, height: 800 },
  { name: "narrow", theme: "light", language: "en", width: 390, height: 780 },
] as const;
type Look = (typeof LOOKS)[number];

/** Every screen is pictured in light; these in all looks. */
const ALL_LOOKS = new Set([
  "home",
  "runs",
  "runs-charts",
  "compare",
  "run",
  "run-artifacts",
  "run-evaluation",
  "model",
  "model-stages",
]);
const QUALITY = 0.82;

for (const look of LOOKS)
  test(`pictures: ${look.name}`, async ({ browser, page }) => {
    test.setTimeout(600_000);
    await mkdir(folder, { recursive: true });
    for (const screen of await screens(page))
      if (look.name === "light" || ALL_LOOKS.has(screen.name)) await picture(browser, screen, look);
  });

async function picture(browser: Browser, { name, path, ready }: Screen, look: Look): Promise<void> {
  const { width, height, theme, language } = look;
  const context = await browser.newContext({ viewport: { width, height }, reducedMotion: "reduce" });
  await context.addInitScript((settings) => {
    if (window === window.top) localStorage.setItem("hito.settings", settings);
  }, JSON.stringify({ theme, language }));
  const page = await context.newPage();
  // A narrow window has the table or the charts.
  await page.goto(server() + (look.name === "narrow" ? path.replace("show=both", "show=charts") : path));
  await page.locator(ready).first().waitFor({ state: "attached", timeout: 60_000 });
  await page.waitForFunction(() => !document.querySelector(".skeleton"), undefined, { timeout: 30_000 });
  await page.waitForLoadState("networkidle", { timeout: 1_500 }).catch(() => {}); // a stream of events stays open
  await page.evaluate(
    () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
  );
  const webp = await squeezed(browser, await page.screenshot(), width, height);
  await writeFile(resolve(folder, `${name}-${look.name}.webp`), webp);
  await context.close();
}

/** The picture as WebP, by the browser's own encoder. */
async function squeezed(browser: Browser, png: Buffer, width: number, height: number): Promise<Buffer> {
  const page = await browser.newPage();
  const text = await page.evaluate(
    async ([source, width, height, quality]) => {
      const image = new Image();
      image.src = `data:image/png;base64,${source}`;
      await image.decode();
      const canvas = document.createElement("canvas");
      canvas.width = width;
      canvas.height = height;
      canvas.getContext("2d")?.drawImage(image, 0, 0, width, height);
      return canvas.toDataURL("image/webp", quality);
    },
    [png.toString("base64"), width, height, QUALITY] as const,
  );
  await page.close();
  return Buffer.from(text.slice(text.indexOf(",") + 1), "base64");
}
