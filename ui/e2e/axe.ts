/** axe in a page: loaded once for each document, and asked as often as a test likes. */
import type { Page } from "@playwright/test";
import axe from "axe-core";

export interface Look {
  /** Names of rules, or tags of them. */
  only: { type: "tag" | "rule"; values: string[] };
  /** A part of the page by its selector; all of it by default. */
  within?: string | undefined;
}

/** What axe finds, a line for each of the first places of a rule. Frames are files of others, and left out. */
export async function violations(page: Page, { only, within }: Look): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  return page.evaluate(
    async ([runOnly, include]) => {
      const asked = (window as unknown as { axe: typeof import("axe-core") }).axe;
      const { violations } = await asked.run(
        { include: [[include]], exclude: [["iframe"]] },
        { runOnly, resultTypes: ["violations"], preload: false },
      );
      return violations.flatMap(({ id, nodes }) =>
        nodes.slice(0, 3).map(({ html, any }) => `${id}: ${html.slice(0, 160)} ${any[0]?.message ?? ""}`),
      );
    },
    [only, within ?? "html"] as const,
  );
}
