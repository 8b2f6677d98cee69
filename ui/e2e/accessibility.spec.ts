/** axe, with its rules of WCAG 2.2 AA, on every screen in both themes. */
import type { Page } from "@playwright/test";
import { type Look, violations } from "./axe";
import { expect, test } from "./page";
import { screens } from "./screens";

const ALL: Look["only"] = {
  type: "tag",
  values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
};
const COLOURS: Look["only"] = { type: "rule", values: ["color-contrast", "link-in-text-block"] };
const PARTS = 4; // tests, so that several browsers share the work

/** What axe finds: all rules in light; in dark those of colours, as nothing else differs between the themes. */
async function findings(page: Page, name: string, within?: string): Promise<string[]> {
  const found: string[] = [];
  for (const theme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    await expect(page.locator("html")).toHaveAttribute("data-theme", theme);
    await page.waitForFunction(() =>
      document.getAnimations().every((one) => !(one instanceof CSSTransition) || one.playState !== "running"),
    );
    const seen = await violations(page, { only: theme === "light" ? ALL : COLOURS, within });
    found.push(...seen.map((line) => `${name}, ${theme}: ${line}`));
  }
  return found;
}

test.use({ theme: "system" }); // both themes in one visit

for (let part = 0; part < PARTS; part += 1)
  test(`axe finds nothing: part ${part + 1} of ${PARTS}`, async ({ page }) => {
    test.setTimeout(180_000); // a handful of screens, some seconds each
    const found: string[] = [];
    const mine = (await screens(page)).filter((_, place) => place % PARTS === part);
    for (const { name, path, ready } of mine) {
      await page.goto(path);
      await page.locator(ready).first().waitFor();
      await page.waitForFunction(() => !document.querySelector(".skeleton"));
      found.push(...(await findings(page, name)));
    }
    expect(found).toEqual([]);
  });

test("axe finds nothing in what opens above a screen", async ({ page }) => {
  test.setTimeout(90_000);
  const found: string[] = [];
  await page.goto("/");
  await page.locator(".tree-row").first().waitFor();
  for (const [key, name] of [
    ["Control+k", "palette"],
    ["?", "help"],
    ["n", "new experiment"],
  ] as const) {
    await page.keyboard.press(key);
    await page.getByRole("dialog").waitFor();
    found.push(...(await findings(page, name, "[role=dialog]")));
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  }
  expect(found).toEqual([]);
});
