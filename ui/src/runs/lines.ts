/**
 * The lines of a table, from the first to the last, without holding them: stretches of lists, cut where something is open.
 *
 *     list 0…41 │ children of run 41 │ list 42…999,999          group A │ its runs │ group B │ …
 */
import type { Group } from "../api/types.gen";
import type { RunList } from "./list";

export type Line =
  | { kind: "run"; list: RunList; place: number; depth: number; pinned: boolean }
  | { kind: "group"; group: Group; key: string; open: boolean };

type Span =
  | { kind: "runs"; list: RunList; from: number; count: number; depth: number; pinned: boolean }
  | { kind: "group"; group: Group; key: string; open: boolean };

export class Lines {
  readonly count: number;
  private readonly starts: number[];

  constructor(private readonly spans: readonly Span[]) {
    let start = 0;
    this.starts = spans.map((span) => {
      const begin = start;
      start += span.kind === "runs" ? span.count : 1;
      return begin;
    });
    this.count = start;
  }

  at(line: number): Line | undefined {
    if (line < 0 || line >= this.count) return undefined;
    const at = this.spanAt(line);
    const span = this.spans[at];
    if (!span || span.kind === "group") return span;
    const { list, from, depth, pinned } = span;
    return { kind: "run", list, place: from + line - (this.starts[at] ?? 0), depth, pinned };
  }

  /** The line of a run in a list; -1 if it is not shown. */
  lineOf(list: RunList, place: number): number {
    const at = this.spans.findIndex(
      (span) =>
        span.kind === "runs" && span.list === list && place >= span.from && place < span.from + span.count,
    );
    const span = this.spans[at];
    return span?.kind === "runs" ? (this.starts[at] ?? 0) + place - span.from : -1;
  }

  /** Tells each list how far it is looked at between two lines. */
  want(first: number, last: number): void {
    this.spans.forEach((span, at) => {
      const start = this.starts[at] ?? 0;
      if (span.kind !== "runs" || start + span.count <= first || start >= last) return;
      span.list.want(span.from + Math.min(span.count, last - start));
    });
  }

  private spanAt(line: number): number {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? 0) <= line) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** Stretches of a list, with the children of those runs that are open; `childrenOf` gives their list by the parent's number. */
export function tree(list: RunList, open: ReadonlyMap<number, RunList>, depth = 0, pinned = false): Span[] {
  const cuts = [...open]
    .map(([id, children]) => ({ place: list.placeOf(id), children }))
    .filter(({ place }) => place >= 0)
    .sort((one, other) => one.place - other.place);
  const spans: Span[] = [];
  let from = 0;
  for (const { place, children } of cuts) {
    spans.push({ kind: "runs", list, from, count: place + 1 - from, depth, pinned });
    if (depth < 8) spans.push(...tree(children, open, depth + 1));
    from = place + 1;
  }
  if (list.count > from) spans.push({ kind: "runs", list, from, count: list.count - from, depth, pinned });
  return spans;
}

/** Groups, and the runs of those that are open. */
export function grouped(groups: readonly Group[], open: ReadonlyMap<string, RunList>): Span[] {
  return groups.flatMap((group) => {
    const key = keyOf(group);
    const runs = open.get(key);
    const head: Span = { kind: "group", group, key, open: runs !== undefined };
    return runs ? [head, ...tree(runs, new Map(), 1)] : [head];
  });
}

/** What names a group in the address: its values. */
export function keyOf(group: Pick<Group, "values">): string {
  return JSON.stringify(group.values);
}
