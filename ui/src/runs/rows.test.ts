import { expect, test, vi } from "vitest";
import type { RunRow } from "../api/types.gen";
import { RowStore } from "./rows";

function row(id: number, values: RunRow["values"]): RunRow {
  return {
    id,
    run_id: `run${id}`,
    experiment_id: "1",
    name: "",
    status: "FINISHED",
    lifecycle_stage: "active",
    start_time: 0,
    end_time: 1,
    user_id: "",
    parent: "",
    children: 0,
    values,
  };
}

/** A server whose answers are given when the test says so. */
function store() {
  const asked: { ids: number[]; columns: string[]; answer: (missing?: number[]) => Promise<void> }[] = [];
  const source = (ids: number[], columns: string[]) =>
    new Promise<RunRow[]>((done) => {
      asked.push({
        ids,
        columns,
        answer: async (missing = []) => {
          const found = ids.filter((id) => !missing.includes(id));
          done(
            found.map((id) =>
              row(
                id,
                columns.map((column) => `${column} of ${id}`),
              ),
            ),
          );
          await vi.waitFor(() => {});
        },
      });
    });
  return { rows: new RowStore(source, () => {}), asked };
}

test("only what is missing is asked for, once", async () => {
  const { rows, asked } = store();
  rows.need([1, 2], ["a"]);
  rows.need([1, 2], ["a"]);
  expect(asked).toHaveLength(1);
  await asked[0]?.answer();
  rows.need([1, 2, 3], ["a", "b"]);
  expect(asked[1]).toMatchObject({ ids: [1, 2, 3], columns: ["b", "a"] });
  await asked[1]?.answer();
  expect(rows.get(1)?.cells.get("a")).toBe("a of 1");
  expect(rows.get(3)?.cells.get("b")).toBe("b of 3");
  rows.need([3, 2, 1], ["b", "a"]);
  expect(asked).toHaveLength(2);
});

test("a newer need overtakes what waits: where the scrolling ended comes next", async () => {
  const { rows, asked } = store();
  const many = (from: number) => Array.from({ length: 600 }, (_, at) => from + at);
  rows.need(many(0), ["a"]);
  const before = asked.length;
  expect(before).toBeLessThan(5);
  rows.need(many(10_000), ["a"]);
  await asked[0]?.answer();
  expect(asked[before]?.ids[0]).toBe(10_000);
});

test("what has changed is shown as it was until it is known anew", async () => {
  const { rows, asked } = store();
  rows.put([row(1, ["old"])], ["a"]);
  rows.need([1], ["a"]);
  expect(asked).toHaveLength(0);
  rows.refresh(["run1", "unknown"]);
  expect(rows.get(1)?.cells.get("a")).toBe("old");
  expect(asked[0]).toMatchObject({ ids: [1], columns: ["a"] });
  await asked[0]?.answer();
  expect(rows.get(1)?.cells.get("a")).toBe("a of 1");
});

test("a run that is gone is not asked for again and again", async () => {
  const { rows, asked } = store();
  rows.need([1, 2], ["a"]);
  await asked[0]?.answer([2]);
  rows.need([1, 2], ["a"]);
  expect(asked).toHaveLength(1);
  expect(rows.isGone(2)).toBe(true);
});
