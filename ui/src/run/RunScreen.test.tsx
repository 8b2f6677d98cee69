import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  RouterProvider,
} from "@tanstack/react-router";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { violations } from "../kit/axe";
import { Toasts } from "../kit/Toast";
import { TooltipProvider } from "../kit/Tooltip";
import { RunScreen } from "./RunScreen";
import { sparkPath } from "./Spark";
import { checkRunSearch } from "./search";

vi.setConfig({ testTimeout: 30_000 }); // a busy machine must not decide

/** A server that keeps one run and changes it as it is told. */
function serve() {
  const info = {
    run_id: "r1",
    run_name: "patient-fox",
    experiment_id: "1",
    status: "FINISHED",
    start_time: 1_000,
    end_time: 61_000,
    user_id: "",
    artifact_uri: "mlflow-artifacts:/1/r1/artifacts",
    lifecycle_stage: "active",
  };
  const tags = new Map([
    ["team", "vision"],
    ["mlflow.user", "ana"],
  ]);
  const said: unknown[] = [];
  vi.stubGlobal("fetch", async (url: string, init?: RequestInit) => {
    const body = init?.body ? (JSON.parse(String(init.body)) as Record<string, string>) : {};
    if (init?.method === "POST" && !url.includes("/curves")) said.push(body);
    if (url.includes("/runs/get")) {
      if (!url.includes("r1"))
        return Response.json({ error_code: "RESOURCE_DOES_NOT_EXIST", message: "no run" }, { status: 404 });
      const list = [...tags].map(([key, value]) => ({ key, value }));
      const metrics = [{ key: "auc", value: 0.91, timestamp: 1, step: 3 }];
      const params = [{ key: "depth", value: "6" }];
      return Response.json({ run: { info: { ...info }, data: { metrics, params, tags: list } } });
    }
    if (url.includes("/around"))
      return Response.json({
        experiment: "wine",
        parent: null,
        children: [],
        children_count: 0,
        versions: [],
        models: [],
      });
    if (url.includes("/runs/change")) {
      if (body.action === "rename") info.run_name = body.value ?? "";
      else info.lifecycle_stage = body.action === "delete" ? "deleted" : "active";
      return Response.json({ run_ids: ["r1"], before: [null] });
    }
    if (url.includes("/set-tag")) tags.set(body.key ?? "", body.value ?? "");
    if (url.includes("/delete-tag")) tags.delete(body.key ?? "");
    return Response.json({});
  });
  vi.stubGlobal(
    "EventSource",
    class {
      addEventListener() {}
      close() {}
    },
  );
  return said;
}

function open(address = "/runs/r1") {
  const top = createRootRoute({ component: Outlet });
  const run = createRoute({
    getParentRoute: () => top,
    path: "/runs/$runId",
    validateSearch: checkRunSearch,
    component: RunScreen,
  });
  const others = ["/experiments/$ids", "/compare", "/models/$name/versions/$version"].map((path) =>
    createRoute({ getParentRoute: () => top, path }),
  );
  const router = createRouter({
    routeTree: top.addChildren([run, ...others]),
    history: createMemoryHistory({ initialEntries: [address] }),
  });
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  return render(
    <QueryClientProvider client={queries}>
      <TooltipProvider>
        <Toasts>
          <RouterProvider router={router as never} />
        </Toasts>
      </TooltipProvider>
    </QueryClientProvider>,
  );
}

test("a run at a glance: axe finds nothing, and what programs set is not among the tags", async () => {
  serve();
  const { container } = open();
  await screen.findByText("patient-fox");
  await screen.findByText("wine");
  expect(await violations(container)).toEqual([]);
  expect(screen.getByText("0.91")).toBeTruthy();
  expect(screen.getByText("vision")).toBeTruthy();
  expect(screen.queryByText("mlflow.user")).toBeNull();
});

test("a new name is given in place, and taken back from the message", async () => {
  serve();
  open();
  await screen.findByText("patient-fox");
  await userEvent.click(screen.getByLabelText("Rename"));
  await userEvent.clear(screen.getByLabelText("Name"));
  await userEvent.type(screen.getByLabelText("Name"), "quick-owl{Enter}");
  await screen.findByText("quick-owl");
  await userEvent.click(await screen.findByText("Undo"));
  await waitFor(() => expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("patient-fox"));
});

test("Escape leaves the name as it was, and asks nobody", async () => {
  const said = serve();
  open();
  await screen.findByText("patient-fox");
  await userEvent.click(screen.getByLabelText("Rename"));
  await userEvent.type(screen.getByLabelText("Name"), "x{Escape}");
  expect(screen.getByText("patient-fox")).toBeTruthy();
  expect(said).toEqual([]);
});

test("a deleted run says so, and comes back", async () => {
  serve();
  open();
  await screen.findByText("patient-fox");
  await userEvent.click(screen.getByLabelText("Actions"));
  await userEvent.click(await screen.findByText("Delete"));
  await userEvent.click(await screen.findByText("Restore"));
  await waitFor(() => expect(screen.queryByText(/This run is deleted/)).toBeNull());
});

test("a description is written in Markdown and saved by Ctrl-Enter", async () => {
  const said = serve();
  open();
  await userEvent.click(await screen.findByText("Add a description"));
  await userEvent.type(
    screen.getByLabelText("Description", { selector: "textarea" }),
    "**good**{Control>}{Enter}{/Control}",
  );
  await waitFor(() =>
    expect(said).toContainEqual({ run_id: "r1", key: "mlflow.note.content", value: "**good**" }),
  );
});

test("a run that does not exist: says so, and where it may be", async () => {
  serve();
  open("/runs/nowhere");
  expect(await screen.findByText("There is no such run")).toBeTruthy();
});

test("an outline fills its box and is broken where values are missing", () => {
  const curve = {
    count: 4,
    min: 0,
    max: 2,
    x: Float64Array.of(0, 1, 2, 4),
    y: Float64Array.of(0, 2, Number.NaN, 1),
  };
  expect(sparkPath(curve)).toBe("M1.0 20.0L24.5 2.0M95.0 11.0");
  expect(sparkPath({ ...curve, min: 1, max: 1, y: Float64Array.of(1, 1, 1, 1) })).toMatch(/^M1\.0 11\.0L/);
});

test("an address that was written by hand is read as far as it makes sense", () => {
  expect(checkRunSearch({ tab: "nowhere", path: 3, find: "loss" })).toEqual({ find: "loss" });
  expect(checkRunSearch({ tab: "model", path: "a/b" })).toEqual({ tab: "model", path: "a/b" });
});
