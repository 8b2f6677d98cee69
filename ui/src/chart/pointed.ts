/**
 * What a person points at, shared by all charts of a page (or of a group): a place on x and a run. Charts draw the same
 * cross-hair and make the same run stand out; a table can do so as well.
 */
import { useSyncExternalStore } from "react";

export interface Pointed {
  /** A place on the axis that `kind` names; null where none is pointed at. */
  x: number | null;
  kind: string;
  /** A run's id. */
  run: string | null;
  /** Who points: so that a chart does not follow itself. */
  by: object | null;
}

const NOTHING: Pointed = { x: null, kind: "", run: null, by: null };

export class PointedGroup {
  now: Pointed = NOTHING;
  private readonly listeners = new Set<() => void>();

  point(next: Pointed): void {
    const { x, kind, run } = this.now;
    if (x === next.x && kind === next.kind && run === next.run) return;
    this.now = next;
    for (const listener of this.listeners) listener();
  }

  /** Point at a run, wherever: from a table or a legend. */
  pointAt(run: string | null): void {
    this.point({ ...NOTHING, run });
  }

  leave(by: object): void {
    if (this.now.by === by || this.now.by === null) this.point(NOTHING);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
}

const groups = new Map<string, PointedGroup>();

export function pointedGroup(name = "page"): PointedGroup {
  let group = groups.get(name);
  if (!group) {
    group = new PointedGroup();
    groups.set(name, group);
  }
  return group;
}

/** The run that is pointed at, for a component that draws it. */
export function usePointedRun(name = "page"): string | null {
  const group = pointedGroup(name);
  return useSyncExternalStore(group.subscribe, () => group.now.run);
}
