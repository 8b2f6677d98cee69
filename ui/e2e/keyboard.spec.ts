/** The same journeys without a mouse, and in Spanish. */
import { expect, test } from "./page";

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
});
