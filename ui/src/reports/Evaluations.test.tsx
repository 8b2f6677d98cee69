import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { configure, fireEvent, render, screen, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { violations } from "../kit/axe";
import { TooltipProvider } from "../kit/Tooltip";
import { Evaluations } from "./Evaluations";
import { bestOf } from "./Scores";

configure({ asyncUtilTimeout: 4_000 });
const runs = ["a", "b"].map((run_id, at) => ({
  run_id,
  label: `run ${run_id}`,
  colour: `var(--series-${at})`,
}));

function evaluation(auc: number, right: number) {
  return {
    format: 1,
    task: "binary",
    model: { kind: "Forest" },
    test: { name: "churn", rows: 100 },
    scores: [
      { name: "roc_auc", value: auc, low: auc - 0.05, high: auc + 0.05, better: "higher", group: "main" },
      { name: "log_loss", value: 1 - auc, low: null, high: null, better: "lower", group: "main" },
    ],
    confusions: [
      {
        name: "default",
        labels: ["no", "yes"],
        counts: [
          [right, 50 - right],
          [10, 40],
        ],
      },
    ],
    curves: [{ kind: "roc", label: "yes", x: [0, 0.2, 1], y: [0, auc, 1], area: auc, low: [], high: [] }],
    findings: [
      { rule: "class_imbalance", severity: "warning", values: { label: "yes", share: 0.1, largest: 0.9 } },
    ],
  };
}

/** The entries of a folder of a run. */
function listed(search: URLSearchParams) {
  const folder = search.get("path") ? `${search.get("path")}/` : "";
  return Object.keys(files)
    .map((name) => name.split(" "))
    .filter(([run, path]) => run === search.get("run_id") && path?.startsWith(folder))
    .map(([, path]) => ({ path, is_dir: false, file_size: 1 }));
}

/** The files of runs, as the server gives them: the page's own requests are answered, nothing of the page is replaced. */
let files: Record<string, unknown>;
let asked: string[];
beforeEach(() => {
  files = {};
  asked = [];
  vi.stubGlobal("fetch", async (address: string) => {
    const search = new URL(address, "http://x").searchParams;
    if (address.includes("artifacts/list")) return Response.json({ files: listed(search) });
    asked.push(String(search.get("path")));
    const file = files[`${search.get("run_id")} ${search.get("path")}`];
    if (file === undefined)
      return Response.json({ error_code: "RESOURCE_DOES_NOT_EXIST", message: "none" }, { status: 404 });
    return Response.json(file);
  });
});
afterEach(() => vi.unstubAllGlobals());

function show() {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  return render(
    <QueryClientProvider client={queries}>
      <TooltipProvider>
        <Evaluations runs={runs} />
      </TooltipProvider>
    </QueryClientProvider>,
  );
}

test("axe finds nothing; scores stand beside each other, the better one strong; advice is a sentence", async () => {
  files["a evaluation/evaluation.json"] = evaluation(0.9, 45);
  files["b evaluation/evaluation.json"] = evaluation(0.8, 42);
  const { container } = show();
  const row = (await screen.findByText("ROC AUC")).closest("tr") as HTMLElement;
  expect(within(row).getByText("0.9").className).toBe("best");
  expect(within(row).getByText("0.85–0.95")).toBeTruthy();
  expect(screen.getAllByText(/Few rows are yes: 10% of all/)).toHaveLength(2);
  expect(screen.getByText("run b minus run a")).toBeTruthy();
  expect(await violations(container)).toEqual([]);
}, 15_000);

test("a confusion matrix is read as a table, in counts and in shares of each truth", async () => {
  files["a evaluation/evaluation.json"] = evaluation(0.9, 45);
  files["b evaluation/evaluation.json"] = evaluation(0.8, 42);
  show();
  const figure = (await screen.findByText("run b minus run a")).closest("figure") as HTMLElement;
  fireEvent.keyDown(within(figure).getByLabelText("Actions for run b minus run a"), { key: "Enter" });
  fireEvent.click(await screen.findByText("Show as table"));
  const cells = () => [...figure.querySelectorAll("td")].map((cell) => cell.textContent);
  expect(cells()).toEqual(["-3", "+3", "0", "0"]);
  fireEvent.change(screen.getByLabelText("Cells"), { target: { value: "shares" } });
  expect(cells()).toEqual(["-6%", "+6%", "0%", "0%"]);
}, 15_000);

test("runs without an evaluation, and one of a later form, are said to be so", async () => {
  const { unmount } = show();
  expect(await screen.findByText("No evaluation")).toBeTruthy();
  unmount();
  files["a evaluation/evaluation.json"] = evaluation(0.9, 45);
  files["b evaluation/evaluation.json"] = { ...evaluation(0.8, 42), format: 99 };
  show();
  expect((await screen.findByRole("alert")).textContent).toContain(
    "run b: its evaluation was written by a later version",
  );
});

test("what a run does not keep is neither asked for nor linked to", async () => {
  files["a evaluation/evaluation.json"] = evaluation(0.9, 45);
  files["b evaluation/evaluation.json"] = evaluation(0.8, 42);
  files["b report.html"] = "<h1>Report</h1>";
  show();
  await screen.findByText("ROC AUC");
  expect(screen.getAllByRole("link").map((link) => link.getAttribute("href"))).toEqual([
    expect.stringContaining("run_id=b&path=report.html"),
  ]);
  expect(new Set(asked)).toEqual(new Set(["evaluation/evaluation.json"]));
});

test("the best of equal scores, or of those that are neither better high nor low, is none", () => {
  const score = (value: number, better: "higher" | "lower" | "neither") => ({
    name: "s",
    value,
    low: null,
    high: null,
    better,
    group: "main",
  });
  expect(bestOf([score(1, "higher"), score(2, "higher"), null])).toBe(2);
  expect(bestOf([score(1, "lower"), score(2, "lower")])).toBe(1);
  expect(bestOf([score(1, "neither"), score(2, "neither")])).toBeNull();
  expect(bestOf([score(1, "higher"), score(1, "higher")])).toBeNull();
  expect(bestOf([score(1, "higher"), null])).toBeNull();
});
