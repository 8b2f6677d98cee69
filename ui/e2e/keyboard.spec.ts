/** The same journeys without a mouse, and in Spanish. */
import type { Page } from "@playwright/test";
import { expect, experimentId, test } from "./page";

test("by keyboard one finds a run, reads it, goes to a model and promotes a version", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByRole("treegrid")).toBeVisible();
  await page.keyboard.press("/");
  await page.keyboard.type("resnet");
  await expect(page.getByRole("row", { name: /breast cancer/ })).toHaveCount(0);
  await expect(page.getByRole("row", { name: /resnet/ })).toBeVisible();
  await page.getByRole("searchbox", { name: "Search experiments" }).blur();
  await page.keyboard.press("j"); // below the folder: its experiment
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/(experiments|folders)\//);
  await page.locator("[role=gridcell] a[href*='/runs/']").first().waitFor(); // the address comes before the screen
  await page.keyboard.press("/");
  await page.keyboard.type("resnet18-089");
  await page.keyboard.press("Enter");
  await expect(page.locator("[role=gridcell] a[href*='/runs/']")).toHaveCount(1);

  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog").getByRole("combobox")).toBeFocused();
  await page.keyboard.type("resnet18-089");
  await expect(page.getByRole("option", { name: /resnet18-089/, selected: true })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/runs\/[0-9a-f]{32}/);
  await page.getByRole("tab", { selected: true }).waitFor(); // the address comes before the screen
  await page.keyboard.press("2");
  await expect(page.getByRole("tab", { selected: true })).not.toHaveText(/overview/i);

  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog").getByRole("combobox")).toBeFocused();
  await page.keyboard.type("tumour-xgb");
  await expect(page.getByRole("option", { name: "tumour-xgboost", selected: true })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "tumour-xgboost" })).toBeVisible();
  const stage = page.getByRole("button", { name: /^Version 1:/ });
  await stage.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("menuitemcheckbox", { name: "Archived" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Version 1: Archived. Move" })).toBeVisible();
  await page.keyboard.press("Control+z");
  await expect(page.getByRole("button", { name: "Version 1: No stage. Move" })).toBeVisible();
});

test("the help lists the keys of the screen, and the skip link leads to the content", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByRole("treegrid")).toBeVisible();
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keyboard" });
  await expect(help).toContainText("New experiment");
  await expect(help).toContainText("Go to models");
  await page.keyboard.press("Escape");
  await page.reload();
  await expect(page.getByRole("treegrid")).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
});

test("focus returns to where a dialog was opened", async ({ page }) => {
  await page.goto("/");
  const button = page.getByRole("button", { name: "New experiment" });
  await button.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("textbox", { name: "Name" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(button).toBeFocused();
});

test("single keys can be turned off", async ({ page }) => {
  await page.goto("/settings");
  await page.getByRole("checkbox", { name: "Single keys are commands" }).uncheck();
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog").getByRole("combobox")).toBeFocused();
  await expect(page.getByRole("dialog")).toBeVisible();
});

test.describe("in Spanish", () => {
  test.use({ language: "es" });

  test("one finds a model, promotes a version and changes the theme", async ({ page }) => {
    await page.goto("/");
    await expect(page.locator("html")).toHaveAttribute("lang", "es");
    await expect(page.getByRole("heading", { name: "Experimentos" })).toBeVisible();
    await page.getByRole("link", { name: "Modelos", exact: true }).click();
    await page.getByRole("link", { name: "tumour-randomforest", exact: true }).click();
    await page.getByRole("tab", { name: "Fases" }).click();
    await expect(page.getByRole("region", { name: /^Producción/ })).toBeVisible();
    await page.getByRole("button", { name: "Versión 1: Producción. Mover" }).click();
    await page.getByRole("menuitemcheckbox", { name: "Staging" }).click();
    await expect(page.getByRole("dialog")).toContainText("¿Mover la versión 1 a Staging?");
    await page.getByRole("button", { name: "Cancelar" }).click();
    await page.getByRole("button", { name: "Tema e idioma" }).click();
    await page.getByRole("menuitemcheckbox", { name: "Oscuro" }).click();
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
    await page.getByRole("menuitemcheckbox", { name: "English" }).click();
    await expect(page.getByRole("link", { name: "Models", exact: true }).first()).toBeVisible();
  });

  test("by keys alone one finds the best runs, compares three, reads a report and downloads a folder", async ({
    page,
  }) => {
    await page.goto(`/experiments/${await experimentId(page, "vision/resnet")}`);
    await page.locator("[role=gridcell] a[href*='/runs/']").first().waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("params.optimizer = 'adam'");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/adam/);
    await tabTo(page, "[role=grid], [role=treegrid]");
    await page.keyboard.press("Control+Home");
    await page.keyboard.press("ArrowUp"); // to the heads
    for (let at = 0; at < 12 && !(await activeHead(page)).startsWith("accuracy"); at += 1)
      await page.keyboard.press("ArrowRight");
    expect(await activeHead(page)).toMatch(/^accuracy/);
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/sort=/);
    await page.keyboard.press("Control+Home");
    for (let row = 0; row < 3; row += 1) {
      await page.keyboard.press("Space");
      await page.keyboard.press("ArrowDown");
    }
    await expect(
      page.getByText("3 ejecuciones seleccionadas").or(page.getByText(/^3 seleccionad/)),
    ).toBeVisible();
    await page.keyboard.press("c");
    await expect(page).toHaveURL(/\/compare/);
    await expect(page.getByRole("heading", { name: "3 ejecuciones comparadas" })).toBeVisible();

    await page.keyboard.press("Control+k");
    await expect(page.getByRole("dialog").getByRole("combobox")).toBeFocused();
    await page.keyboard.type("RandomForest");
    await expect(page.getByRole("option", { name: /^RandomForest/, selected: true })).toBeVisible();
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/\/runs\/[0-9a-f]{32}/);
    await page.getByRole("heading", { name: /^RandomForest/ }).waitFor(); // the address comes before the screen
    await page.keyboard.press("3");
    await expect(page.getByRole("tab", { name: "Evaluación", selected: true })).toBeVisible();
    await expect(page.getByText("Exactitud").first()).toBeVisible();
    await expect(page.getByRole("link", { name: "Informe" })).toBeVisible();
    await page.keyboard.press("4");
    await page.getByRole("link", { name: /zip/i }).first().waitFor();
    await tabTo(page, "a[href*='zip'], a[href*='archive']");
    const download = page.waitForEvent("download");
    await page.keyboard.press("Enter");
    expect((await download).suggestedFilename()).toMatch(/\.zip$/);
  });
});

/** Goes on by Tab until something that fits has the focus. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let at = 0; at < 60; at += 1) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`${selector} cannot be reached by Tab`);
}

/** What the active head of the table says. */
function activeHead(page: Page): Promise<string> {
  return page.evaluate(() => {
    const id = document.activeElement?.getAttribute("aria-activedescendant");
    return (id && document.getElementById(id)?.textContent?.trim()) || "";
  });
}
