// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { concerns, Stream, union } from "./live";
import type { News } from "./types.gen";

class FakeSource {
  static all: FakeSource[] = [];
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  closed = false;
  private hear: (event: MessageEvent<string>) => void = () => {};
  constructor(readonly url: string) {
    FakeSource.all.push(this);
  }
  addEventListener(_name: string, hear: (event: MessageEvent<string>) => void) {
    this.hear = hear;
  }
  close() {
    this.closed = true;
  }
  say(news: Partial<News>) {
    this.sayText(JSON.stringify(news));
  }
  sayText(data: string) {
    this.hear(new MessageEvent("change", { data }));
  }
}

const open = (url: string) => new FakeSource(url) as unknown as EventSource;

beforeEach(() => {
  vi.useFakeTimers();
  FakeSource.all = [];
});
afterEach(() => {
  vi.useRealTimers();
});

test("many ears share one stream, and each hears only what it follows", () => {
  const stream = new Stream(open);
  const run = vi.fn();
  const models = vi.fn();
  stream.add({ listen: { run_ids: ["a"] }, hear: run });
  stream.add({ listen: { models: true }, hear: models });
  vi.advanceTimersByTime(50);
  expect(FakeSource.all).toHaveLength(1);
  FakeSource.all[0]?.say({ run_ids: ["a"] });
  expect(run).toHaveBeenCalledTimes(1);
  expect(models).not.toHaveBeenCalled();
});

test("the stream closes when the last ear goes", () => {
  const stream = new Stream(open);
  const leave = stream.add({ listen: {}, hear: vi.fn() });
  vi.advanceTimersByTime(50);
  leave();
  vi.advanceTimersByTime(50);
  expect(FakeSource.all[0]?.closed).toBe(true);
});

test("ears are told every five seconds while the server refuses, and once when it is back", () => {
  const stream = new Stream(open);
  const hear = vi.fn();
  stream.add({ listen: { experiment_ids: ["1"] }, hear });
  vi.advanceTimersByTime(50);
  FakeSource.all[0]?.onerror?.();
  vi.advanceTimersByTime(5_000);
  expect(hear).toHaveBeenCalledWith({ experiment_ids: ["1"], run_ids: [], models: false });
  expect(FakeSource.all.length).toBeGreaterThan(1);
  hear.mockClear();
  FakeSource.all.at(-1)?.onopen?.();
  expect(hear).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(60_000);
  expect(hear).toHaveBeenCalledTimes(1);
});

test("a damaged event is passed over", () => {
  const stream = new Stream(open);
  const hear = vi.fn();
  stream.add({ listen: {}, hear });
  vi.advanceTimersByTime(50);
  FakeSource.all[0]?.sayText("{");
  expect(hear).not.toHaveBeenCalled();
});

test("what is followed joins; one ear for everything makes it everything, and so do too many ids", () => {
  expect(union([{ run_ids: ["b"] }, { run_ids: ["a"], models: true }])).toEqual({
    experiment_ids: [],
    run_ids: ["a", "b"],
    models: true,
  });
  expect(union([{ run_ids: ["b"] }, {}])).toEqual({});
  expect(union([{ run_ids: Array.from({ length: 300 }, (_, n) => String(n)) }])).toEqual({});
  expect(concerns({ experiment_ids: ["1"], run_ids: [], models: false }, { run_ids: ["1"] })).toBe(false);
});
