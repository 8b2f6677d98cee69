import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { configure, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { useState } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { violations } from "../kit/axe";
import { TooltipProvider } from "../kit/Tooltip";
import { Bars } from "./Bars";
import { ChartGrid } from "./ChartGrid";
import { Heat } from "./Heat";

const runs = ["a", "b", "c"].map((run_id, at) => ({
  run_id,
  label: `run ${run_id}`,
  colour: `var(--series-${at})`,
}));
configure({ asyncUtilTimeout: 4_000 });
const NONE: ReadonlySet<string> = new Set();

function frame(header: object, columns: { name: string; values: number[]; words?: string[] }[]): Response {
  const named = columns.map(({ name, values, words }) => ({
    name,
    type: "f8",
    count: values.length,
    ...(words && { words }),
  }));
  const head = new TextEncoder().encode(JSON.stringify({ ...header, columns: named }));
  const start = (4 + head.length + 7) & ~7;
  const bytes = new Uint8Array(start + columns.reduce((sum, { values }) => sum + values.length * 8, 0));
  new DataView(bytes.buffer).setUint32(0, head.length, true);
  bytes.set(head, 4);
  new Float64Array(bytes.buffer, start).set(columns.flatMap(({ values }) => values));
  return new Response(bytes, { headers: { "content-type": "application/octet-stream" } });
}

/** A server whose runs have single values: what a class's first models look like. */
function answer(address: string, init?: RequestInit): Response {
  const asked = JSON.parse(String(init?.body ?? "{}")) as {
    keys?: string[];
    run_ids?: string[];
    columns?: string[];
  };
  if (address.endsWith("/fields"))
    return Response.json({
      metrics: ["loss", "val/auc", "val/loss"],
      params: ["depth"],
      tags: [],
      cut: false,
    });
  if (address.endsWith("/curves")) {
    const series = (asked.run_ids ?? []).flatMap((run_id) =>
      (asked.keys ?? []).map((key) => ({ run_id, key, count: 1, points: 1, x_min: 0, x_max: 0 })),
    );
    return frame({ series }, [
      { name: "x", values: series.map(() => 0) },
      { name: "y", values: series.map((_, at) => 0.5 + at / 10) },
    ]);
  }
  const values: Record<string, number[]> = {
    run_id: [0, 1, 2],
    run_name: [0, 1, 2],
    "params.depth": [1, 2, 3],
  };
  return frame(
    {},
    (asked.columns ?? []).map((name) => ({
      name,
      values: values[name] ?? [0.5, 0.6, 0.7],
      ...(name.startsWith("run_") && { words: ["a", "b", "c"] }),
    })),
  );
}

beforeEach(
  () => void vi.stubGlobal("fetch", async (address: string, init?: RequestInit) => answer(address, init)),
);
afterEach(() => vi.unstubAllGlobals());

function Page({ onState }: { onState: (state: unknown) => void }) {
  const [state, setState] = useState<unknown>({ removed: ["parallel", "scatter"] });
  onState(state);
  const [queries] = useState(() => new QueryClient({ defaultOptions: { queries: { retry: false } } }));
  return (
    <QueryClientProvider client={queries}>
      <TooltipProvider>
        <ChartGrid
          where={{}}
          orderBy={[]}
          runs={runs}
          hidden={NONE}
          state={state}
          setState={setState}
          onFilter={() => {}}
        />
      </TooltipProvider>
    </QueryClientProvider>
  );
}

beforeEach(() => {
  vi.stubGlobal("IntersectionObserver", undefined); // all is near
  // happy-dom lays nothing out; a grid needs a width to have columns.
  Object.defineProperty(HTMLElement.prototype, "clientWidth", { configurable: true, get: () => 1100 });
});

function figures(): string[] {
  return [...document.querySelectorAll("figure")].map((figure) => figure.getAttribute("aria-label") ?? "");
}

function inCard(title: string, selector: string): HTMLElement {
  const found = document.querySelector<HTMLElement>(`figure[aria-label="${title}"] ${selector}`);
  if (!found) throw new Error(`${title} has no ${selector}`);
  return found;
}

test("axe finds nothing in a grid; what was logged once is shown as bars, the judging metric first", async () => {
  const { container } = render(<Page onState={() => {}} />);
  await screen.findAllByText("0.7");
  expect(figures()).toEqual(["Importance for val/auc", "loss", "val/auc", "val/loss"]);
  expect(await violations(container)).toEqual([]);
}, 15_000);

test("a chart is moved by arrow keys, removed by its menu, and both are in the state that is kept", async () => {
  let kept: unknown;
  render(
    <Page
      onState={(state) => {
        kept = state;
      }}
    />,
  );
  await screen.findByText("val/loss", { selector: ".chart-title" });
  fireEvent.keyDown(inCard("val/loss", ".chart-grip"), { key: "ArrowLeft" });
  expect(figures().slice(-2)).toEqual(["val/loss", "val/auc"]);
  expect(screen.getByText("Moved to place 1 of 2")).toBeTruthy();
  fireEvent.keyDown(inCard("loss", '[aria-label="Actions for loss"]'), { key: "Enter" });
  fireEvent.click(await screen.findByText("Remove"));
  expect(figures()).not.toContain("loss");
  expect(kept).toEqual({ removed: ["parallel", "scatter", "m:loss"], moves: [["m:val/loss", "m:val/auc"]] });
}, 15_000);

test("a search leaves what fits, and says so where nothing does", async () => {
  render(<Page onState={() => {}} />);
  await screen.findByText("val/auc", { selector: ".chart-title" });
  const search = screen.getByLabelText("Find metrics");
  fireEvent.change(search, { target: { value: "^val/a" } });
  await waitFor(() => expect(figures()).toEqual(["val/auc"]));
  fireEvent.change(search, { target: { value: "nothing" } });
  expect(await screen.findByText("No metric fits")).toBeTruthy();
}, 15_000);

test("bars and tables of colours have names and numbers, and axe finds nothing", async () => {
  const { container } = render(
    <>
      <Bars
        label="auc by model"
        height={200}
        bars={[
          { key: "a", label: "forest", colour: "red", value: 0.9, error: 0.05, note: "n = 3" },
          { key: "b", label: "missing", colour: "blue", value: Number.NaN },
        ]}
      />
      <Heat
        label="confusion"
        height={200}
        rows={["no", "yes"]}
        columns={["no", "yes"]}
        cell={(row, column) => ({
          text: `${row}${column}`,
          title: `cell ${row} ${column}`,
          colour: "red",
          share: 0.5,
        })}
      />
    </>,
  );
  expect(screen.getByText("forest: 0.9 n = 3")).toBeTruthy();
  expect(container.querySelectorAll(".whisker")).toHaveLength(1);
  expect(screen.getByText("cell 1 0")).toBeTruthy();
  expect(await violations(container)).toEqual([]);
});
