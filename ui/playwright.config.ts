import { defineConfig } from "@playwright/test";

/** Journeys in Debian's Chromium against a real server that e2e/world.ts starts and fills. */
export default defineConfig({
  testDir: "e2e",
  testMatch: process.env.HITO_GALLERY ? "gallery.ts" : "*.spec.ts",
  globalSetup: "./e2e/world.ts",
  timeout: 40_000,
  expect: { timeout: 12_000 },
  workers: 2,
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  retries: process.env.CI ? 1 : 0, // a machine that does other work, too, may hold up a browser once
  reporter: process.env.CI ? "line" : "list",
  use: {
    viewport: { width: 1280, height: 800 },
    locale: "en-GB",
    actionTimeout: 12_000,
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
