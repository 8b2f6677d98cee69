import { expect, test, vi } from "vitest";
import { grouped, Lines, tree } from "./lines";
import { type ListSource, RunList } from "./list";

function list(ids: number[], total = 0): RunList {
  const never = () => new Promise<never>(() => {});
  const made = new RunList({}, [], { order: never, count: never }, () => {}, total);
  if (ids.length > 0) made.seed(ids, true);
  return made;
}

function told(lines: Lines): (number | string | undefined)[] {
  return Array.from({ length: lines.count }, (_, at) => {
    const line = lines.at(at);
    return line?.kind === "run" ? line.list.at(line.place) : line?.key;
  });
}

test("children stand below their parents, at any depth", () => {
  const open = new Map([
    [2, list([20, 21])],
    [21, list([210])],
  ]);
  const lines = new Lines(tree(list([1, 2, 3]), open));
  expect(told(lines)).toEqual([1, 2, 20, 21, 210, 3]);
  expect(lines.at(4)).toMatchObject({ depth: 2 });
  expect(lines.at(6)).toBeUndefined();
});

test("a run that is its own ancestor does not hang the page", () => {
  const runs = list([1]);
  expect(new Lines(tree(runs, new Map([[1, runs]]))).count).toBeLessThan(20);
});

test("groups hold the runs of those that are open", () => {
  const group = (value: string) => ({ values: [value], count: 2, newest: 0, query: "", metrics: [] });
  const lines = new Lines(grouped([group("a"), group("b")], new Map([['["a"]', list([1, 2])]])));
  expect(told(lines)).toEqual(['["a"]', 1, 2, '["b"]']);
});

test("the order is known page by page, as far as it is looked at", async () => {
  const pages = [
    { ids: Uint32Array.of(1, 2, 3), next: "more" },
    { ids: Uint32Array.of(4, 5), next: undefined },
  ];
  const asked: string[] = [];
  const source: ListSource = {
    order: async ({ page_token }) => {
      asked.push(page_token);
      return pages[asked.length - 1] ?? { ids: new Uint32Array(), next: undefined };
    },
    count: async () => ({ count: 4, at_least: true }),
  };
  const runs = new RunList({}, [], source, () => {});
  runs.seed([1, 2], false);
  await vi.waitFor(() => expect(runs.count).toBe(4));
  expect(runs.more).toBe(true);
  runs.want(3);
  await vi.waitFor(() => expect(runs.length).toBe(3));
  runs.want(5);
  await vi.waitFor(() => expect(runs.length).toBe(5));
  expect(asked).toEqual(["", "more"]);
  expect([runs.count, runs.more, runs.placeOf(4)]).toEqual([5, false, 3]);
});
