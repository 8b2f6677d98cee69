/** A page for journeys that notices what must never happen: an error in the console, a request elsewhere, a policy broken or missing. */
import { test as base, expect, type Page } from "@playwright/test";

export const server = (): string => process.env.HITO_E2E_URL ?? "http://127.0.0.1:5000";

interface Options {
  language: "en" | "es";
  theme: "system" | "light" | "dark";
}

interface Fixtures extends Options {
  /** Fails the test at its end for what was seen meanwhile. `expected`: console messages that belong to the journey. */
  watch: { expected: RegExp[] };
}

export const test = base.extend<Fixtures>({
  language: ["en", { option: true }],
  theme: ["light", { option: true }],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from this pattern
  baseURL: async ({}, use) => use(server()),
  watch: [
    async ({ page, language, theme }, use) => {
      const settings = JSON.stringify({ language, theme });
      await page.addInitScript((settings) => {
        if (window !== window.top) return; // a sandboxed preview has no storage
        if (!localStorage.getItem("hito.settings")) localStorage.setItem("hito.settings", settings);
      }, settings);
      const expected: RegExp[] = [];
      const seen: string[] = [];
      page.on("console", (message) => message.type() === "error" && seen.push(message.text()));
      page.on("pageerror", (error) => seen.push(String(error)));
      page.on("request", (request) => {
        const url = new URL(request.url());
        if (!["data:", "blob:"].includes(url.protocol) && url.origin !== server())
          seen.push(`request to ${url.href}`);
      });
      page.on("response", async (response) => {
        if (response.request().resourceType() !== "document" || response.frame() !== page.mainFrame()) return;
        const policy = (await response.allHeaders())["content-security-policy"] ?? "";
        if (!policy.includes("default-src 'none'") || /unsafe-(inline|eval)/.test(policy))
          seen.push(`weak policy: ${policy}`);
      });
      await use({ expected });
      expect(seen.filter((text) => !expected.some((known) => known.test(text)))).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** The id of an experiment, by its name. */
export async function experimentId(page: Page, name: string): Promise<string> {
  const answer = await page.request.get(
    `${server()}/api/2.0/mlflow/experiments/get-by-name?experiment_name=${encodeURIComponent(name)}`,
  );
  return (await answer.json()).experiment.experiment_id;
}

/** The ids of runs that a filter finds, in an order. */
export async function runIds(
  page: Page,
  experiment: string,
  filter = "",
  order: string[] = [],
): Promise<string[]> {
  const answer = await page.request.post(`${server()}/api/2.0/mlflow/runs/search`, {
    data: { experiment_ids: [experiment], filter, order_by: order, max_results: 50 },
  });
  const { runs = [] } = (await answer.json()) as { runs?: { info: { run_id: string } }[] };
  return runs.map(({ info }) => info.run_id);
}
