/** Which runs are selected, by their numbers: some, or all but some; so that a million are selected without being named. */

export type Selection = { all: false; ids: ReadonlySet<number> } | { all: true; but: ReadonlySet<number> };

export const NONE: Selection = { all: false, ids: new Set() };
export const ALL: Selection = { all: true, but: new Set() };

export function has(selection: Selection, id: number): boolean {
  return selection.all ? !selection.but.has(id) : selection.ids.has(id);
}

export function sizeOf(selection: Selection, total: number): number {
  return selection.all ? Math.max(0, total - selection.but.size) : selection.ids.size;
}

export function put(selection: Selection, ids: Iterable<number>, on: boolean): Selection {
  const next = new Set(selection.all ? selection.but : selection.ids);
  for (const id of ids) {
    if (selection.all ? on : !on) next.delete(id);
    else next.add(id);
  }
  return selection.all ? { all: true, but: next } : { all: false, ids: next };
}

export function toggle(selection: Selection, id: number): Selection {
  return put(selection, [id], !has(selection, id));
}
