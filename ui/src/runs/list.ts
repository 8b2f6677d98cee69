/**
 * The order of runs as far as it is known: numbers of runs from the first on, asked for in growing pages. The first page comes
 * with its rows, so that something is seen at once; the order of a million runs is 4 MB, and only asked for as far as one looks.
 */
import type { Counted, Where } from "../api/types.gen";

/** What a list asks the server; a parameter, so that tests need none. */
export interface ListSource {
  order(
    message: Where & { order_by: string[]; max_results: number; page_token: string },
    signal: AbortSignal,
  ): Promise<{ ids: Uint32Array; next: string | undefined }>;
  count(where: Where, signal: AbortSignal): Promise<Counted>;
}

const FIRST = 50_000;
/** The server gives no more at once. */
const MOST = 100_000;
const LATER = 2_500;
/** A server that refuses or does not answer is not asked in every frame. */
const REST = 2_000;

export class RunList {
  private ids = new Uint32Array(128);
  private known = 0;
  private total = 0;
  private atLeast = true;
  private token = "";
  private wanted = 0;
  private asking = false;
  private resting = false;
  private ended = false;
  private counted = 0;
  private again: ReturnType<typeof setTimeout> | undefined;
  private rested: ReturnType<typeof setTimeout> | undefined;
  private readonly stop = new AbortController();
  /** What went wrong at last. */
  problem: unknown = null;

  constructor(
    readonly where: Where,
    readonly order: string[],
    private readonly source: ListSource,
    private readonly changed: () => void,
    /** How many there are, where that is known before. */
    total = 0,
  ) {
    this.total = total;
  }

  /** How many runs there are, as far as is known; `more` if it is a lower bound. */
  get count(): number {
    return this.ended ? this.known : Math.max(this.known, this.total);
  }

  get more(): boolean {
    return !this.ended && this.atLeast;
  }

  /** How many places are known. */
  get length(): number {
    return this.known;
  }

  at(place: number): number | undefined {
    return place < this.known ? this.ids[place] : undefined;
  }

  placeOf(id: number): number {
    return this.ids.subarray(0, this.known).indexOf(id);
  }

  slice(from: number, to: number): number[] {
    return Array.from(this.ids.subarray(Math.max(0, from), Math.min(to, this.known)));
  }

  /** The first page's runs; `whole` if there are no others. */
  seed(ids: readonly number[], whole: boolean): void {
    this.put(Uint32Array.from(ids), 0);
    this.known = ids.length;
    this.ended = whole;
    this.wanted = 0;
    if (!whole) void this.ask(() => this.askCount());
    this.changed();
  }

  /** Makes the places before `end` known. */
  want(end: number): void {
    if (this.ended || end <= this.known) return;
    this.wanted = Math.max(this.wanted, end);
    if (!this.asking && !this.resting) void this.ask(() => this.askOrder());
  }

  close(): void {
    clearTimeout(this.again);
    clearTimeout(this.rested);
    this.stop.abort();
  }

  private async ask(question: () => Promise<void>): Promise<void> {
    try {
      await question();
      this.problem = null;
    } catch (error) {
      if (this.stop.signal.aborted) return;
      this.problem = error;
    }
    if (!this.stop.signal.aborted) this.changed();
  }

  private async askCount(): Promise<void> {
    const { count, at_least } = await this.source.count(this.where, this.stop.signal);
    this.total = count;
    this.atLeast = at_least;
    // A busy server stops counting early; a moment later it may count them all.
    if (at_least && this.counted++ < 2)
      this.again = setTimeout(() => void this.ask(() => this.askCount()), LATER);
  }

  private async askOrder(): Promise<void> {
    this.asking = true;
    try {
      let place = this.token ? this.known : 0;
      while (this.wanted > this.known && !this.ended) {
        const size = Math.min(MOST, Math.max(FIRST, this.wanted - place));
        const message = {
          ...this.where,
          order_by: this.order,
          max_results: size,
          page_token: this.token,
        };
        const { ids, next } = await this.source.order(message, this.stop.signal);
        this.put(ids, place);
        place += ids.length;
        this.known = place;
        this.token = next ?? "";
        this.ended = next === undefined;
        this.changed();
      }
    } catch (error) {
      this.rest();
      throw error;
    } finally {
      this.asking = false;
    }
  }

  private rest(): void {
    if (this.stop.signal.aborted) return;
    this.resting = true;
    this.rested = setTimeout(() => {
      this.resting = false;
      this.want(this.wanted);
    }, REST);
  }

  private put(ids: Uint32Array, place: number): void {
    const end = place + ids.length;
    if (end > this.ids.length) {
      const larger = new Uint32Array(Math.max(end, this.ids.length * 2));
      larger.set(this.ids.subarray(0, place));
      this.ids = larger;
    }
    this.ids.set(ids, place);
  }
}
