import { afterEach, describe, expect, it, vi } from "vitest";
import { RunList } from "./list";

afterEach(() => vi.useRealTimers());

/** A server with so many runs, whose numbers fall from `total` to 1, that gives at most 100,000 at once, as ours does. */
function server(total: number) {
  const asked: number[] = [];
  return {
    asked,
    count: () => Promise.resolve({ count: total, at_least: false }),
    order: ({ max_results, page_token }: { max_results: number; page_token: string }) => {
      asked.push(max_results);
      if (max_results > 100_000) return Promise.reject(new Error(`Invalid value ${max_results}`));
      const from = Number(page_token);
      const ids = Uint32Array.from(
        { length: Math.min(max_results, total - from) },
        (_, at) => total - from - at,
      );
      const end = from + ids.length;
      return Promise.resolve({ ids, next: end < total ? String(end) : undefined });
    },
  };
}

describe("a list of runs", () => {
  it("comes to the end of a million runs by pages that the server gives", async () => {
    const source = server(1_000_000);
    const list = new RunList({}, [], source, () => {});
    list.seed([1_000_000], false);
    list.want(1_000_000);
    await vi.waitFor(() => expect(list.length).toBe(1_000_000));
    expect(list.at(999_999)).toBe(1);
    expect(list.problem).toBeNull();
    expect(list.more).toBe(false);
  });

  it("asks a server that refuses again after a rest, however often it is wanted", async () => {
    vi.useFakeTimers();
    const source = server(10_000);
    const order = vi.spyOn(source, "order").mockRejectedValueOnce(new Error("gone"));
    const list = new RunList({}, [], source, () => list.want(10_000)); // a table that is drawn anew wants the same again
    list.seed([10_000], false);
    list.want(10_000);
    await vi.advanceTimersByTimeAsync(1_900);
    expect(order).toHaveBeenCalledTimes(1);
    expect(list.problem).toBeInstanceOf(Error);
    await vi.advanceTimersByTimeAsync(200);
    expect(list.length).toBe(10_000);
    expect(list.problem).toBeNull();
  });
});
