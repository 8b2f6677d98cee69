/**
 * Which charts stand where. The layout is made from what the runs have; a person's changes to it are kept as changes, so
 * that a metric that comes tomorrow has its place, and an address stays short.
 *
 *     fields ──> sections of cards ──> added, removed, moved, sized, configured ──> what is drawn
 */
import type { Fields } from "../api/types.gen";
import { lowerIsBetter } from "../runs/fields";
import { checkOptions } from "./curveOptions";
import { type CurveOptions, PLAIN } from "./shown";

export const KINDS = ["curve", "scatter", "parallel", "bar", "box", "importance", "correlation"] as const;
export type CardKind = (typeof KINDS)[number];

export interface Card {
  id: string;
  kind: CardKind;
  /** Of a curve: its metrics by name. Of others: fields of the grammar; empty: chosen from the data. */
  fields: readonly string[];
}

export interface Section {
  /** A metrics' prefix with its slash; empty: those without; `*`: what compares runs. */
  name: string;
  cards: Card[];
}

/** Widths count columns of the grid; heights are small, middle, large. */
export type Size = readonly [width: number, height: number];
export const HEIGHTS = [180, 240, 380] as const;
export const WIDEST = 3;

export interface ChartsState extends CurveOptions {
  find: string;
  /** A field to draw means of groups by. */
  by: string;
  added: readonly Card[];
  removed: readonly string[];
  /** [what, before what]; an empty text: to the end of its section. In the order they were made. */
  moves: readonly (readonly [string, string])[];
  sizes: Readonly<Record<string, Size>>;
  /** Fields chosen for cards that were there by themselves. */
  chosen: Readonly<Record<string, readonly string[]>>;
  /** Sections that are shut, or (system metrics) open, against their habit. */
  turned: readonly string[];
}

export const FRESH: ChartsState = {
  ...PLAIN,
  find: "",
  by: "",
  added: [],
  removed: [],
  moves: [],
  sizes: {},
  chosen: {},
  turned: [],
};

/** Reads whatever an address holds; what is damaged is as if it were not there. */
export function checkCharts(raw: unknown): ChartsState {
  const given = record(raw);
  return {
    ...checkOptions(raw),
    find: text(given.find),
    by: text(given.by),
    added: list(given.added).flatMap(cardOf),
    removed: texts(given.removed),
    moves: list(given.moves).flatMap((move) => {
      const [what, before] = texts(move);
      return what !== undefined ? [[what, before ?? ""] as const] : [];
    }),
    sizes: Object.fromEntries(
      Object.entries(record(given.sizes)).flatMap(([id, size]) => {
        const [width, height] = list(size);
        return whole(width, 1, WIDEST) && whole(height, 0, HEIGHTS.length - 1)
          ? [[id, [width, height] as Size]]
          : [];
      }),
    ),
    chosen: Object.fromEntries(
      Object.entries(record(given.chosen)).map(([id, fields]) => [id, texts(fields)]),
    ),
    turned: texts(given.turned),
  };
}

/** What is unlike a fresh state, for an address; undefined if nothing is. */
export function keptCharts(state: ChartsState): Partial<ChartsState> | undefined {
  const kept = Object.entries(state).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(FRESH[name as keyof ChartsState]),
  );
  return kept.length > 0 ? (Object.fromEntries(kept) as Partial<ChartsState>) : undefined;
}

export const COMPARING = "*";
const SYSTEM = "system/";

/** All sections with their cards in order; those that the search leaves out are not among them. */
export function sectionsOf(fields: Fields, runs: number, state: ChartsState): Section[] {
  const removed = new Set(state.removed);
  const sections = usual(fields, runs);
  for (const card of state.added) {
    const name = card.kind === "curve" ? "" : COMPARING;
    const section = sections.find((one) => one.name === name);
    if (section) section.cards.push(card);
    else if (name === COMPARING) sections.unshift({ name, cards: [card] });
    else sections.push({ name, cards: [card] });
  }
  const found = finder(state.find);
  for (const section of sections) {
    for (const [what, before] of state.moves) section.cards = moved(section.cards, what, before);
    section.cards = section.cards
      .filter((card) => !removed.has(card.id) && (card.kind !== "curve" || card.fields.some(found)))
      .map((card) => ({ ...card, fields: state.chosen[card.id] ?? card.fields }));
    if (section.name === COMPARING && state.find) section.cards = [];
  }
  return sections.filter(({ cards }) => cards.length > 0);
}

function usual({ metrics = [], params = [] }: Fields, runs: number): Section[] {
  const prefixes = new Map<string, string[]>();
  for (const metric of metrics) {
    const prefix = metric.slice(0, metric.indexOf("/") + 1);
    prefixes.set(prefix, [...(prefixes.get(prefix) ?? []), metric]);
  }
  const general = [...(prefixes.get("") ?? [])];
  prefixes.delete("");
  // A prefix that only one metric has is no section: one card under a heading of its own helps nobody.
  for (const [prefix, members] of prefixes)
    if (members.length === 1 && prefix !== SYSTEM) {
      general.push(...members);
      prefixes.delete(prefix);
    }
  const names = [...prefixes.keys()].sort(
    (a, b) => Number(a === SYSTEM) - Number(b === SYSTEM) || (a < b ? -1 : 1),
  );
  const sections: Section[] = [];
  if (runs >= 3 && params.length > 0 && metrics.length > 0)
    sections.push({
      name: COMPARING,
      cards: (["parallel", "importance", "scatter"] as const).map((kind) => ({ id: kind, kind, fields: [] })),
    });
  if (general.length > 0) sections.push({ name: "", cards: curves(general) });
  for (const name of names) sections.push({ name, cards: curves(prefixes.get(name) ?? []) });
  return sections;
}

/** The metrics that matter most come first. */
function curves(metrics: readonly string[]): Card[] {
  return [...metrics]
    .sort((one, other) => weight(other) - weight(one) || (one < other ? -1 : 1))
    .map((metric) => ({ id: `m:${metric}`, kind: "curve", fields: [metric] }));
}

export function isOpen(state: ChartsState, section: string): boolean {
  return state.turned.includes(section) === (section === SYSTEM);
}

/** The metric that runs are judged by, as far as names say; null if there is none. */
export function headline(metrics: readonly string[]): string | null {
  const [best] = metrics
    .filter((metric) => !metric.startsWith(SYSTEM))
    .sort((one, other) => weight(other) - weight(one) || one.length - other.length || (one < other ? -1 : 1));
  return best ?? null;
}

/** What was measured on rows that the model had not seen weighs more; scores more than losses, losses more than the rest. */
function weight(metric: string): number {
  const words = metric.toLowerCase();
  const unseen = /(^|[^a-z])(val|valid|validation|test|eval|cv|oof)([^a-z]|$)/.test(words) ? 2 : 0;
  const seen = /(^|[^a-z])(train|training)([^a-z]|$)/.test(words) ? -1 : 0;
  const score = /(auc|accuracy|acc|f1|r2|precision|recall|map|ndcg|iou|dice|bleu|score)([^a-z]|$)/.test(
    words,
  );
  if (score) return 6 + unseen + seen;
  const cost = /(time|seconds|duration|latency|memory)/.test(words);
  return (lowerIsBetter(metric) && !cost ? 3 : 0) + unseen + seen;
}

function moved(cards: readonly Card[], what: string, before: string): Card[] {
  const card = cards.find(({ id }) => id === what);
  if (!card || what === before) return [...cards];
  const others = cards.filter((one) => one !== card);
  const at = before ? others.findIndex(({ id }) => id === before) : others.length;
  // It may have been moved before a card that is gone, or stands in another section.
  return at < 0 ? [...cards] : [...others.slice(0, at), card, ...others.slice(at)];
}

const MOST_MOVES = 100; // an address has its limits

/** Puts a card before another one of its section (empty: at the end). */
export function move(state: ChartsState, what: string, before: string): ChartsState {
  const { moves } = state;
  // Moving the same card again undoes its last move; earlier ones carry the moves that came after them.
  const others = moves.at(-1)?.[0] === what ? moves.slice(0, -1) : moves;
  return { ...state, moves: [...others, [what, before] as const].slice(-MOST_MOVES) };
}

/** One place to the left or right among the cards of its section, as they stand now. */
export function shifted(state: ChartsState, section: Section, id: string, by: -1 | 1): ChartsState {
  const { cards } = section;
  const at = cards.findIndex((card) => card.id === id);
  const to = at + by;
  if (at < 0 || to < 0 || to >= cards.length) return state;
  return move(state, id, cards[by < 0 ? to : to + 1]?.id ?? "");
}

export function removed(state: ChartsState, id: string): ChartsState {
  const sizes = Object.fromEntries(Object.entries(state.sizes).filter(([one]) => one !== id));
  if (state.added.some((card) => card.id === id))
    return { ...state, sizes, added: state.added.filter((card) => card.id !== id) };
  return { ...state, sizes, removed: [...state.removed, id] };
}

export function added(state: ChartsState, kind: CardKind, fields: readonly string[]): ChartsState {
  const numbers = state.added.map(({ id }) => Number(id.slice(1)) || 0);
  const card: Card = { id: `c${Math.max(0, ...numbers) + 1}`, kind, fields };
  return { ...state, added: [...state.added, card] };
}

export function configured(state: ChartsState, id: string, fields: readonly string[]): ChartsState {
  if (state.added.some((card) => card.id === id))
    return { ...state, added: state.added.map((card) => (card.id === id ? { ...card, fields } : card)) };
  return { ...state, chosen: { ...state.chosen, [id]: fields } };
}

export function sizeOf(state: ChartsState, card: Card): Size {
  return state.sizes[card.id] ?? [card.kind === "parallel" ? 2 : 1, 1];
}

export function sized(state: ChartsState, card: Card, [width, height]: Size): ChartsState {
  const size: Size = [clamp(width, 1, WIDEST), clamp(height, 0, HEIGHTS.length - 1)];
  return { ...state, sizes: { ...state.sizes, [card.id]: size } };
}

export function turned(state: ChartsState, section: string): ChartsState {
  const now = state.turned.filter((one) => one !== section);
  return { ...state, turned: now.length < state.turned.length ? now : [...now, section] };
}

/** Whether a name fits what is sought: a regular expression, or if it is none, a text; in any case. */
export function finder(find: string): (name: string) => boolean {
  if (!find) return () => true;
  try {
    const pattern = new RegExp(find, "i");
    return (name) => pattern.test(name);
  } catch {
    const small = find.toLowerCase();
    return (name) => name.toLowerCase().includes(small);
  }
}

function cardOf(raw: unknown): Card[] {
  const { id, kind, fields } = record(raw);
  const known = KINDS.find((one) => one === kind);
  return typeof id === "string" && known ? [{ id, kind: known, fields: texts(fields) }] : [];
}

function record(raw: unknown): Record<string, unknown> {
  return typeof raw === "object" && raw !== null && !Array.isArray(raw)
    ? (raw as Record<string, unknown>)
    : {};
}

function list(raw: unknown): unknown[] {
  return Array.isArray(raw) ? raw : [];
}

function texts(raw: unknown): string[] {
  return list(raw).filter((one) => typeof one === "string");
}

function text(raw: unknown): string {
  return typeof raw === "string" ? raw : "";
}

function whole(value: unknown, least: number, most: number): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, Math.round(value)));
}
