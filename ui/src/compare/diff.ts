/** Two texts side by side: rows of equal, changed, new and gone lines, with the words that changed. */
import { diffArrays, diffWordsWithSpace } from "diff";

export interface Part {
  text: string;
  changed: boolean;
}

export interface Side {
  /** Line number, from 1. */
  line: number;
  parts: Part[];
}

export type DiffRow =
  | { kind: "same"; a: Side; b: Side }
  | { kind: "changed"; a: Side | null; b: Side | null }
  | { kind: "skip"; lines: number };

/** Longer lines are not looked at word by word. */
const LONGEST = 2_000;
/** Texts that differ in more places than this are shown as gone and new: nobody reads a finer answer. */
const MOST_EDITS = 20_000;

export function diffRows(a: string, b: string, context = 3): DiffRow[] {
  const left = linesOf(a);
  const right = linesOf(b);
  const changes = diffArrays(left, right, { maxEditLength: MOST_EDITS }) ?? [
    { value: left, removed: true, added: false },
    { value: right, removed: false, added: true },
  ];
  const rows: DiffRow[] = [];
  let atA = 0;
  let atB = 0;
  for (let place = 0; place < changes.length; place += 1) {
    const change = changes[place];
    if (!change) break;
    const next = changes[place + 1];
    if (!change.added && !change.removed) {
      for (const text of change.value)
        rows.push({ kind: "same", a: side(++atA, text), b: side(++atB, text) });
    } else if (change.removed && next?.added) {
      rows.push(...paired(change.value, next.value, atA, atB));
      atA += change.value.length;
      atB += next.value.length;
      place += 1;
    } else if (change.removed) {
      for (const text of change.value) rows.push({ kind: "changed", a: side(++atA, text), b: null });
    } else for (const text of change.value) rows.push({ kind: "changed", a: null, b: side(++atB, text) });
  }
  return folded(rows, context);
}

/** Lines that were replaced by as many others are compared word by word; what is left over is gone or new. */
function paired(gone: string[], come: string[], atA: number, atB: number): DiffRow[] {
  return Array.from({ length: Math.max(gone.length, come.length) }, (_, place) => {
    const a = gone[place];
    const b = come[place];
    if (a === undefined || b === undefined)
      return {
        kind: "changed",
        a: a === undefined ? null : side(atA + place + 1, a),
        b: b === undefined ? null : side(atB + place + 1, b),
      };
    const words = a.length + b.length <= LONGEST ? diffWordsWithSpace(a, b) : [];
    const parts = (without: "added" | "removed", text: string): Part[] =>
      words.length === 0
        ? [{ text, changed: true }]
        : words
            .filter((word) => !word[without])
            .map((word) => ({ text: word.value, changed: word.added || word.removed }));
    return {
      kind: "changed",
      a: { line: atA + place + 1, parts: parts("added", a) },
      b: { line: atB + place + 1, parts: parts("removed", b) },
    };
  });
}

/** Leaves out equal lines that are far from any change. */
function folded(rows: DiffRow[], context: number): DiffRow[] {
  const near = new Uint8Array(rows.length);
  rows.forEach((row, at) => {
    if (row.kind !== "changed") return;
    near.fill(1, Math.max(0, at - context), Math.min(rows.length, at + context + 1));
  });
  const found: DiffRow[] = [];
  let skipped = 0;
  rows.forEach((row, at) => {
    if (near[at]) {
      if (skipped > 0) found.push({ kind: "skip", lines: skipped });
      skipped = 0;
      found.push(row);
    } else skipped += 1;
  });
  if (skipped > 0) found.push({ kind: "skip", lines: skipped });
  return found;
}

function side(line: number, text: string): Side {
  return { line, parts: [{ text, changed: false }] };
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** How many lines came and went. */
export function sizeOf(rows: readonly DiffRow[]): { come: number; gone: number } {
  let come = 0;
  let gone = 0;
  for (const row of rows) {
    if (row.kind !== "changed") continue;
    if (row.b) come += 1;
    if (row.a) gone += 1;
  }
  return { come, gone };
}

/** The part of a patch that each file has, by its path. */
export function patchFiles(patch: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const part of patch.split(/^(?=diff --git )/m)) {
    const path = /^diff --git a\/.*? b\/(.*)$/m.exec(part)?.[1];
    if (path) found.set(path, part);
  }
  return found;
}
