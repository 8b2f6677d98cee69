import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  RouterProvider,
} from "@tanstack/react-router";
import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import type { Run } from "../api/types.gen";
import { violations } from "../kit/axe";
import { TooltipProvider } from "../kit/Tooltip";
import { CompareScreen } from "./CompareScreen";
import { checkCompareSearch } from "./search";

const RUNS = [
  run("a", "first", { lr: "0.1", depth: "3" }, { auc: 0.9, loss: 0.5 }),
  run("b", "second", { lr: "0.2", depth: "3" }, { auc: 0.95, loss: 0.7 }),
];

function run(id: string, name: string, params: Record<string, string>, metrics: Record<string, number>): Run {
  const info = {
    run_id: id,
    run_name: name,
    experiment_id: "1",
    status: "FINISHED",
    start_time: 1,
    end_time: 2,
  };
  return {
    info: { ...info, user_id: "ana", lifecycle_stage: "active", artifact_uri: "" },
    data: {
      params: Object.entries(params).map(([key, value]) => ({ key, value })),
      metrics: Object.entries(metrics).map(([key, value]) => ({ key, value, timestamp: 0, step: 0 })),
    },
  } as unknown as Run;
}

/** The screen behind its own address, on a server with these runs and no files. */
function open(search: string) {
  vi.stubGlobal("fetch", async (url: string, init?: RequestInit) => {
    const wanted = init?.body ? (JSON.parse(String(init.body)) as { run_ids?: string[] }).run_ids : undefined;
    if (url.includes("/runs/many"))
      return Response.json({ runs: RUNS.filter(({ info }) => wanted?.includes(info.run_id)) });
    return Response.json({ files: [] });
  });
  vi.stubGlobal(
    "EventSource",
    class {
      addEventListener() {}
      close() {}
    },
  );
  const top = createRootRoute({ component: Outlet });
  const compare = createRoute({
    getParentRoute: () => top,
    path: "/compare",
    validateSearch: checkCompareSearch,
    component: CompareScreen,
  });
  const one = createRoute({ getParentRoute: () => top, path: "/runs/$runId" });
  const router = createRouter({
    routeTree: top.addChildren([compare, one]),
    history: createMemoryHistory({ initialEntries: [`/compare${search}`] }),
  });
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const { container } = render(
    <QueryClientProvider client={queries}>
      <TooltipProvider>
        <RouterProvider router={router as never} />
      </TooltipProvider>
    </QueryClientProvider>,
  );
  return { container, router };
}

vi.setConfig({ testTimeout: 30_000 }); // a busy machine must not decide

beforeEach(() => {
  // happy-dom lays nothing out: an element has the size of a window.
  for (const [side, size] of [
    ["clientHeight", 400],
    ["clientWidth", 900],
  ] as const)
    Object.defineProperty(HTMLElement.prototype, side, { configurable: true, get: () => size });
});

const BOTH = `?runs=${encodeURIComponent('["a","b"]')}`;

function line(name: string): HTMLElement {
  const row = screen.getByTitle(name).closest('[role="row"]');
  if (!(row instanceof HTMLElement)) throw new Error(`no line ${name}`);
  return row;
}

function cells(name: string): Element[] {
  return [...line(name).querySelectorAll('[role="cell"]')];
}

test("two runs beside each other: axe finds nothing, and what differs is said", async () => {
  const { container } = open(BOTH);
  await screen.findByTitle("lr");
  expect(await violations(container)).toEqual([]);
  expect(within(line("lr")).getByText("0.2")).toBeTruthy();
  expect(line("lr").className).toContain("differs");
  expect(line("depth").className).not.toContain("differs");
});

test("the best value is named, and a delta says better or worse in words, too", async () => {
  open(BOTH);
  await screen.findByTitle("auc");
  const auc = cells("auc");
  expect(auc[1]?.textContent).toMatch(/★.*Best value.*0\.95.*\+0\.05.*better/);
  const loss = cells("loss");
  expect(loss[0]?.textContent).toMatch(/Best value/);
  expect(loss[1]?.textContent).toMatch(/\+0\.2.*worse/);
});

test("only differences is a part of the address; n and p go from one to the next", async () => {
  const { router } = open(BOTH);
  await screen.findByTitle("depth");
  await userEvent.click(screen.getByLabelText("Only differences"));
  expect(router.state.location.search).toMatchObject({ only: true });
  expect(screen.queryByTitle("depth")).toBeNull();
  await userEvent.keyboard("n");
  expect(line("lr").getAttribute("aria-current")).toBe("true");
  await userEvent.keyboard("nn");
  expect(line("loss").getAttribute("aria-current")).toBe("true");
  await userEvent.keyboard("p");
  expect(line("auc").getAttribute("aria-current")).toBe("true");
});

test("another baseline turns the deltas, and a run that is taken out leaves the address", async () => {
  const { router } = open(BOTH);
  await userEvent.click(await screen.findByLabelText("Actions for second"));
  await userEvent.click(await screen.findByText("Make it the baseline"));
  const auc = () => cells("auc");
  expect(auc()[0]?.textContent).toMatch(/−0\.05.*worse/);
  await userEvent.click(screen.getByLabelText("Actions for first"));
  await userEvent.click(await screen.findByText("Take out"));
  expect(router.state.location.search).toMatchObject({ runs: ["b"] });
});

test("a run that does not exist is named, and can be left out", async () => {
  const { router } = open(`?runs=${encodeURIComponent('["a","gone"]')}`);
  expect(await screen.findByText("1 run does not exist: gone")).toBeTruthy();
  await userEvent.click(screen.getByText("Leave them out"));
  expect(router.state.location.search).toMatchObject({ runs: ["a"] });
});

test("no runs: says how one comes to compare some", async () => {
  open("");
  expect(await screen.findByText("No runs to compare")).toBeTruthy();
});
