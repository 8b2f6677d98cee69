import { fireEvent, render, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import type { RunRow } from "../api/types.gen";
import { violations } from "../kit/axe";
import { Lines, tree } from "./lines";
import { RunList } from "./list";
import { RunsTable, type TableActs } from "./RunsTable";
import { RowStore } from "./rows";
import { stateOf } from "./search";
import { NONE, put } from "./select";
import type { Runs } from "./useRuns";

vi.mock("@tanstack/react-query", async (original) => ({
  ...(await original<object>()),
  useQuery: () => ({ data: undefined }),
}));

function row(id: number, more: Partial<RunRow> = {}): RunRow {
  return {
    id,
    run_id: `run${id}`,
    experiment_id: "1",
    name: `name ${id}`,
    status: "FINISHED",
    lifecycle_stage: "active",
    start_time: 1_700_000_000_000,
    end_time: 1_700_000_090_000,
    user_id: "ana",
    parent: "",
    children: 0,
    values: [0.9, "rf"],
    ...more,
  };
}

const COLUMNS = ["metrics.auc", "params.model"];
const never = () => new Promise<never>(() => {});

function runsOf(rows: RunRow[]): Runs {
  const store = new RowStore(never, () => {});
  store.put(rows, COLUMNS);
  const list = new RunList({}, [], { order: never, count: never }, () => {});
  list.seed(
    rows.map(({ id }) => id),
    true,
  );
  return {
    where: { roots: true },
    order: [],
    list,
    lines: new Lines(tree(list, new Map())),
    pinned: 0,
    rows: store,
    version: 0,
    groups: {
      groups: [],
      total: 0,
      metrics: [],
      problem: null,
      loading: false,
      late: false,
      refetch: () => {},
    },
    problem: null,
    loading: false,
    late: false,
    fresh: false,
    renew: () => {},
    refetch: () => {},
  };
}

function shown(rows: RunRow[], search = {}, selection = NONE) {
  // happy-dom measures nothing: the view gets the size of a small window.
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(400);
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(900);
  const head = { sort: vi.fn(), drop: vi.fn(), width: vi.fn(), menu: vi.fn() };
  const acts: TableActs = { act: vi.fn(), pick: vi.fn(), pickAll: vi.fn(), head };
  const { container } = render(
    <RunsTable
      runs={runsOf(rows)}
      columns={["duration", ...COLUMNS]}
      state={stateOf(search)}
      selection={selection}
      rowHeight={32}
      acts={acts}
      onSeen={() => {}}
      atTop={{ current: () => true }}
      experiments={new Map()}
      label="Runs"
      narrow={false}
    />,
  );
  return { acts, container, grid: screen.getByRole("treegrid") };
}

const MANY = Array.from({ length: 1_000 }, (_, id) => row(id + 1));

test("axe finds nothing in a table with all that a row can be", { timeout: 30_000 }, async () => {
  const rows = [
    row(1, { children: 3 }),
    row(2, { status: "FAILED" }),
    row(3, { lifecycle_stage: "deleted" }),
  ];
  const { container } = shown(rows, { base: "run2", eye: "run3" }, put(NONE, [1], true));
  expect(await violations(container)).toEqual([]);
});

test("of a thousand runs only those in sight exist, and the grid says how many there are", () => {
  const { grid } = shown(MANY);
  expect(grid.getAttribute("aria-rowcount")).toBe("1001");
  expect(screen.getAllByRole("row").length).toBeLessThan(30);
});

test("keys go from cell to cell, and the active one is named", () => {
  const { grid, acts } = shown(MANY);
  const active = () => document.getElementById(grid.getAttribute("aria-activedescendant") ?? "")?.textContent;
  grid.focus();
  fireEvent.keyDown(grid, { key: "ArrowDown" });
  expect(active()).toContain("name 2");
  fireEvent.keyDown(grid, { key: "ArrowRight" });
  fireEvent.keyDown(grid, { key: "ArrowRight" });
  expect(active()).toBe("0.9");
  fireEvent.keyDown(grid, { key: "End", ctrlKey: true });
  fireEvent.keyDown(grid, { key: "Home" });
  expect(active()).toContain("name 1000");
  fireEvent.keyDown(grid, { key: " " });
  expect(acts.pick).toHaveBeenLastCalledWith(999, "add");
  fireEvent.keyDown(grid, { key: "Enter" });
  expect(acts.act).toHaveBeenLastCalledWith("go", 999, "run_name", expect.anything());
});

test("from the first row up stand the heads, where Enter sorts", () => {
  const { grid, acts } = shown(MANY);
  fireEvent.keyDown(grid, { key: "ArrowUp" });
  fireEvent.keyDown(grid, { key: "ArrowRight" });
  fireEvent.keyDown(grid, { key: "ArrowRight" });
  fireEvent.keyDown(grid, { key: "Enter", shiftKey: true });
  expect(acts.head.sort).toHaveBeenLastCalledWith("metrics.auc", true);
  fireEvent.keyDown(grid, { key: "ArrowLeft", altKey: true });
  expect(acts.head.drop).toHaveBeenLastCalledWith("metrics.auc", 0);
});

test("a sorted column says which way", () => {
  shown(MANY, { sort: "-metrics.auc" });
  expect(screen.getByRole("columnheader", { name: /auc/ }).getAttribute("aria-sort")).toBe("descending");
});

test("a metric says how it differs from the baseline's", () => {
  shown([row(1), row(2, { values: [0.95, "rf"] })], { base: "run1" });
  expect(screen.getByText("+0.05")).toBeTruthy();
});

test("an arrow opens what holds nested runs, and only then moves on", () => {
  const { grid, acts } = shown([row(1, { children: 2 }), row(2)]);
  fireEvent.keyDown(grid, { key: "ArrowRight" });
  expect(acts.act).toHaveBeenLastCalledWith("unfold", 0, "run_name");
});
