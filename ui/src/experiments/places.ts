/**
 * Experiments as a tree: `/` in a name separates folders. An experiment may be a folder, too: `vision` beside `vision/dogs`.
 * Pure: nodes in, rows out.
 */
import type { ExperimentNode } from "../api/types.gen";
import { folded } from "../shell/folded";

export const SORTS = ["name", "recent", "runs"] as const;
export type Sort = (typeof SORTS)[number];

export interface Place {
  /** The whole path, which names it. */
  path: string;
  /** What stands after the last slash. */
  name: string;
  experiment: ExperimentNode | undefined;
  places: Place[];
  /** Of everything in it. */
  experiments: number;
  runs: number;
  running: number;
  last: number;
}

export interface Row {
  place: Place;
  level: number;
  open: boolean;
  /** Its number among its siblings, from 1, and how many they are. */
  at: number;
  of: number;
}

/** The tree's top: its `places` are what is seen first. */
export function grow(nodes: readonly ExperimentNode[]): Place {
  const top = place("", "");
  const known = new Map<string, Place>();
  for (const node of nodes) {
    const steps = partsOf(node.name);
    let parent = top;
    let path = "";
    for (const [depth, name] of steps.entries()) {
      path = depth === 0 ? name : `${path}/${name}`;
      let next = known.get(path);
      if (!next) {
        next = place(path, name);
        known.set(path, next);
        parent.places.push(next);
      }
      parent = next;
    }
    parent.experiment = node;
  }
  sum(top);
  return top;
}

/** Folders of a name. Empty parts (`/tmp`, `a//b`, `a/`) make no folder without a name: the slash stays with its neighbour. */
export function partsOf(name: string): string[] {
  const found = name.match(/\/*[^/]+(?:\/+$|\/(?=\/))*|\/+/g) ?? [name];
  const parts: string[] = [];
  for (const part of found) parts.push(parts.length > 0 && part.startsWith("/") ? part.slice(1) : part);
  return parts;
}

/** What is shown, in order: open places with what is in them; while one searches, whatever has the text and the way to it. */
export function rowsOf(top: Place, open: ReadonlySet<string>, sort: Sort, text: string): Row[] {
  const rows: Row[] = [];
  const wanted = folded(text.trim());
  const visit = (places: readonly Place[], level: number, inside: boolean) => {
    const shown = wanted && !inside ? places.filter((one) => holds(one, wanted)) : places;
    const sorted = [...shown].sort(ORDERS[sort]);
    for (const [index, one] of sorted.entries()) {
      const found = inside || (wanted !== "" && folded(one.path).includes(wanted));
      const opened = one.places.length > 0 && (open.has(one.path) || (wanted !== "" && !found));
      rows.push({ place: one, level, open: opened, at: index + 1, of: sorted.length });
      if (opened) visit(one.places, level + 1, found);
    }
  };
  visit(top.places, 1, false);
  return rows;
}

/** Every experiment in a place, itself included. */
export function experimentsIn({ experiment, places }: Place): ExperimentNode[] {
  return [...(experiment ? [experiment] : []), ...places.flatMap(experimentsIn)];
}

/** Paths of all places that hold others. */
export function foldersIn({ places }: Place): string[] {
  return places
    .filter((place) => place.places.length > 0)
    .flatMap((place) => [place.path, ...foldersIn(place)]);
}

export function placeAt(top: Place, path: string): Place | undefined {
  let at: Place | undefined = top;
  while (at && at.path !== path)
    at = at.places.find((one) => path === one.path || path.startsWith(`${one.path}/`));
  return at;
}

const ORDERS: Record<Sort, (one: Place, other: Place) => number> = {
  name: byName,
  recent: (one, other) => other.last - one.last || byName(one, other),
  runs: (one, other) => other.runs - one.runs || byName(one, other),
};
const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

function byName(one: Place, other: Place): number {
  return collator.compare(one.name, other.name);
}

function holds(place: Place, wanted: string): boolean {
  return folded(place.path).includes(wanted) || place.places.some((one) => holds(one, wanted));
}

function place(path: string, name: string): Place {
  return { path, name, experiment: undefined, places: [], experiments: 0, runs: 0, running: 0, last: 0 };
}

function sum(place: Place): void {
  const own = place.experiment;
  place.experiments = own ? 1 : 0;
  place.runs = own?.runs ?? 0;
  place.running = own?.running ?? 0;
  place.last = own?.last_start ?? 0;
  for (const one of place.places) {
    sum(one);
    place.experiments += one.experiments;
    place.runs += one.runs;
    place.running += one.running;
    place.last = Math.max(place.last, one.last);
  }
}
