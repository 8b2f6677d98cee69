/** Files that somebody uploaded to harm whoever looks at them (threats of the kinds stored XSS, tracking, look-alikes). */
import type { APIRequestContext } from "@playwright/test";
import { expect, server, test } from "./page";

const MARK = "window.top.harmed=true";
const ATTACKS = [
  `<script>${MARK}</script>`,
  `<img src=x onerror="${MARK}">`,
  `<svg onload="${MARK}"><script>${MARK}</script></svg>`,
  `<svg><style><img src=x onerror="${MARK}"></style></svg>`,
  `<a href="javascript:${MARK}">click</a>`,
  `<a href="data:text/html,<script>${MARK}</script>">click</a>`,
  `<iframe src="javascript:${MARK}"></iframe>`,
  "<style>body{display:none}</style>",
  '<div style="position:fixed;inset:0" class="dialog" id="main">cover</div>',
  '<form action="/x"><input name="password"><button>Sign in</button></form>',
  `<math><mtext><table><mglyph><style><img src=x onerror="${MARK}">`,
  '<meta http-equiv="refresh" content="0;url=https://elsewhere.example">',
  '<base href="https://elsewhere.example">',
  '<img src="https://elsewhere.example/pixel.png" alt="pixel">',
  "![pixel](https://elsewhere.example/pixel.png)",
  `[click](javascript:${MARK})`,
];
const TEXT = `# Still here\n\n${ATTACKS.join("\n\n")}\n`;
const PAGE = `<h1>Page</h1><p id=said>asleep</p><script>
  let reached = "alone";
  try { reached = parent.document.title || "parent"; } catch {}
  try { localStorage.length; reached = "storage"; } catch {}
  document.getElementById("said").textContent = reached;
  fetch("/api/2.0/mlflow/experiments/search").catch(() => {});
</script>`;
const NOTEBOOK = JSON.stringify({
  cells: [
    { cell_type: "markdown", source: TEXT },
    {
      cell_type: "code",
      source: "1",
      outputs: ATTACKS.map((html) => ({ output_type: "display_data", data: { "text/html": html } })),
    },
  ],
});
const FORBIDDEN = "script, style, iframe, object, embed, form, input, button, svg, math, meta, base";

/** A run with these files and that description; its id. */
async function run(request: APIRequestContext, files: Record<string, string>, note = ""): Promise<string> {
  const made = await request.post(`${server()}/api/2.0/mlflow/runs/create`, {
    data: { experiment_id: "0", run_name: "hostile", tags: [{ key: "mlflow.note.content", value: note }] },
  });
  const { info } = (await made.json()).run as { info: { run_id: string } };
  for (const [path, text] of Object.entries(files)) {
    const put = await request.put(
      `${server()}/api/2.0/mlflow-artifacts/artifacts/0/${info.run_id}/artifacts/${path}`,
      { data: Buffer.from(text) },
    );
    expect(put.ok()).toBe(true);
  }
  return info.run_id;
}

test("a description, a readme and a notebook that would harm are only texts", async ({ page, watch }) => {
  // The policy speaks up while a text is cleaned, and the readme names a picture that is not there.
  watch.expected.push(/violates the following Content Security Policy/, /404/);
  const id = await run(page.request, { "README.md": TEXT, "work.ipynb": NOTEBOOK }, TEXT);
  for (const [address, place] of [
    [`/runs/${id}`, ".run-note .markdown"],
    [`/runs/${id}?tab=artifacts&path=README.md`, ".preview .markdown"],
    [`/runs/${id}?tab=artifacts&path=work.ipynb`, ".notebook"],
  ] as const) {
    await page.goto(address);
    await expect(page.locator(place).getByText("Still here")).toBeVisible();
    const found = await page
      .locator(`${place} *`)
      .evaluateAll(
        (elements, forbidden) =>
          elements.flatMap((element) => [
            ...(element.matches(forbidden) && !element.closest(".code") ? [element.outerHTML] : []),
            ...[...element.attributes]
              .filter(
                ({ name, value }) =>
                  /^on|^style$|^id$/.test(name) || /^\s*(javascript|data:text)/i.test(value),
              )
              .map(({ name, value }) => `${name}=${value}`),
          ]),
        FORBIDDEN,
      );
    expect(found, address).toEqual([]);
    expect(await page.evaluate(() => "harmed" in window)).toBe(false);
    expect(new URL(page.url()).origin).toBe(server());
  }
});

test("an uploaded page is asleep until it is woken, and alone then, too", async ({ page, watch }) => {
  watch.expected.push(
    /Blocked script execution/,
    /violates the following Content Security Policy/,
    /Refused to/,
  );
  const id = await run(page.request, { "page.html": PAGE });
  await page.goto(`/runs/${id}?tab=artifacts&path=page.html`);
  const said = page.frameLocator("iframe").locator("#said");
  await expect(said).toHaveText("asleep");
  await page.getByRole("button", { name: "Run them" }).click();
  await expect(said).toHaveText("alone");
});

test("a picture with a script in it is a picture", async ({ page }) => {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="${MARK}"><script>${MARK}</script></svg>`;
  const id = await run(page.request, { "a.svg": svg });
  await page.goto(`/runs/${id}?tab=artifacts&path=a.svg`);
  await expect(page.getByRole("img", { name: "a.svg" })).toBeVisible();
  expect(await page.evaluate(() => "harmed" in window)).toBe(false);
});

test("a log's commands to terminals, and characters that turn lines around, are not obeyed", async ({
  page,
}) => {
  const id = await run(page.request, {
    "log.txt": "\u001b]0;x\u0007\u001b[31mred\u001b[0m if (a\u202e) {\n",
  });
  await page.goto(`/runs/${id}?tab=artifacts&path=log.txt`);
  await expect(page.locator(".code-text")).toHaveText("red if (a\ufffd) {");
});
