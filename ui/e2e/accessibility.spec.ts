/** axe, with its rules of WCAG 2.2 AA, on every screen in both themes. */
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "./page";
import { screens } from "./screens";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const PARTS = 4; // tests for each theme, so that several browsers share the work

for (const theme of ["light", "dark"] as const)
  for (let part = 0; part < PARTS; part += 1)
    test.describe(() => {
      test.use({ theme });

      test(`axe finds nothing: ${theme}, part ${part + 1} of ${PARTS}`, async ({ page }) => {
        test.setTimeout(180_000); // a dozen screens, some seconds each
        const found: string[] = [];
        const mine = (await screens(page)).filter((_, place) => place % PARTS === part);
        for (const { name, path, ready } of mine) {
          await page.goto(path);
          await page.locator(ready).first().waitFor();
          await page.waitForFunction(() => !document.querySelector(".skeleton"));
          const { violations } = await new AxeBuilder({ page }).withTags(RULES).exclude("iframe").analyze();
          for (const { id, nodes } of violations)
            found.push(
              ...nodes
                .slice(0, 3)
                .map((node) => `${name}: ${id}: ${node.html.slice(0, 160)} ${node.any[0]?.message ?? ""}`),
            );
        }
        expect(found).toEqual([]);
      });
    });

for (const theme of ["light", "dark"] as const)
  test.describe(() => {
    test.use({ theme });

    test(`axe finds nothing in what opens above a screen: ${theme}`, async ({ page }) => {
      const found: string[] = [];
      const look = async (name: string) => {
        const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
        for (const { id, nodes } of violations) found.push(`${name}: ${id}: ${nodes[0]?.html.slice(0, 160)}`);
      };
      await page.goto("/");
      await page.locator(".tree-row").first().waitFor();
      for (const [key, name] of [
        ["Control+k", "palette"],
        ["?", "help"],
        ["n", "new experiment"],
      ] as const) {
        await page.keyboard.press(key);
        await page.getByRole("dialog").waitFor();
        await look(name);
        await page.keyboard.press("Escape");
        await page.getByRole("dialog").waitFor({ state: "detached" });
      }
      expect(found).toEqual([]);
    });
  });
