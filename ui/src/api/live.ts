/** News from the server: that something has changed, so that a screen asks again. One stream for each page. */
import { useEffect, useRef } from "react";
import { addressOf } from "./call";
import { EVENTS, type Listen, type News } from "./types.gen";

type Ear = { listen: Listen; hear: (news: News) => void };

const POLL = 5_000;
const MOST = 150; // ids fit into an address; beyond that all news are asked for, and ears pick theirs
const CALM = 40; // ms: ears that come and go in one drawing of the page open one stream
const FIRST_WAIT = 500;
const LONGEST_WAIT = 15_000;

/** Calls `onNews` when what `listen` names has changed; with nothing named, at every change. */
export function useNews(listen: Listen, onNews: (news: News) => void): void {
  const latest = useRef(onNews);
  latest.current = onNews;
  const key = JSON.stringify(listen);
  useEffect(
    () => stream().add({ listen: JSON.parse(key) as Listen, hear: (news) => latest.current(news) }),
    [key],
  );
}

let shared: Stream | undefined;

function stream(): Stream {
  shared ??= new Stream((url) => new EventSource(url));
  return shared;
}

/**
 * One EventSource for all ears. A hidden page hears nothing and catches up when it is seen again; a server that refuses
 * or cuts the stream is asked again after a while that doubles, and meanwhile the ears are told every five seconds.
 */
export class Stream {
  private readonly ears = new Set<Ear>();
  private source: EventSource | undefined;
  private asked = "";
  private wait = FIRST_WAIT;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private poll: ReturnType<typeof setInterval> | undefined;
  private missed = false;

  constructor(private readonly open: (url: string) => EventSource) {
    document.addEventListener("visibilitychange", () => this.settle());
    // An open stream keeps a page from being kept whole for the back button.
    addEventListener("pagehide", () => this.close());
    addEventListener("pageshow", (event) => event.persisted && this.settle());
  }

  add(ear: Ear): () => void {
    this.ears.add(ear);
    this.settle();
    return () => {
      this.ears.delete(ear);
      this.settle();
    };
  }

  private settle(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.connect(), CALM);
  }

  private connect(): void {
    if (document.hidden || this.ears.size === 0) {
      this.missed ||= document.hidden && this.source !== undefined;
      this.close();
      return;
    }
    const wanted = JSON.stringify(union([...this.ears].map((ear) => ear.listen)));
    if (this.source && wanted === this.asked) return;
    this.close();
    this.asked = wanted;
    const source = this.open(addressOf(EVENTS, JSON.parse(wanted) as Listen));
    this.source = source;
    source.onopen = () => {
      this.wait = FIRST_WAIT;
      clearInterval(this.poll);
      this.poll = undefined;
      if (this.missed) this.tellAll();
      this.missed = false;
    };
    source.addEventListener("change", (event) => this.tell(newsOf((event as MessageEvent<string>).data)));
    source.onerror = () => this.lost();
  }

  private lost(): void {
    this.close();
    this.missed = true;
    this.poll ??= setInterval(() => this.tellAll(), POLL);
    this.timer = setTimeout(() => this.connect(), this.wait);
    this.wait = Math.min(LONGEST_WAIT, this.wait * 2);
  }

  private close(): void {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = undefined;
    if (document.hidden || this.ears.size === 0) {
      clearInterval(this.poll);
      this.poll = undefined;
    }
  }

  private tell(news: News | undefined): void {
    if (!news) return;
    for (const ear of this.ears) if (concerns(news, ear.listen)) ear.hear(news);
  }

  /** What was missed is not known: every ear hears that all it follows may have changed. */
  private tellAll(): void {
    for (const { listen, hear } of this.ears)
      hear({
        experiment_ids: listen.experiment_ids ?? [],
        run_ids: listen.run_ids ?? [],
        models: listen.models ?? false,
      });
  }
}

/** What all ears together follow; one that follows everything makes it everything. */
export function union(all: readonly Listen[]): Listen {
  if (all.some(everything)) return {};
  const experiments = new Set(all.flatMap((listen) => listen.experiment_ids ?? []));
  const runs = new Set(all.flatMap((listen) => listen.run_ids ?? []));
  if (experiments.size + runs.size > MOST) return {};
  return {
    experiment_ids: [...experiments].sort(),
    run_ids: [...runs].sort(),
    models: all.some((listen) => listen.models),
  };
}

export function concerns(news: News, listen: Listen): boolean {
  if (everything(listen)) return true;
  return (
    shares(news.experiment_ids, listen.experiment_ids) ||
    shares(news.run_ids, listen.run_ids) ||
    (news.models && listen.models === true)
  );
}

function everything(listen: Listen): boolean {
  return !listen.experiment_ids?.length && !listen.run_ids?.length && !listen.models;
}

function shares(some: readonly string[], others: readonly string[] | undefined): boolean {
  return others?.some((other) => some.includes(other)) ?? false;
}

function newsOf(text: string): News | undefined {
  try {
    const raw = JSON.parse(text) as Partial<News>;
    return {
      experiment_ids: raw.experiment_ids ?? [],
      run_ids: raw.run_ids ?? [],
      models: raw.models ?? false,
    };
  } catch {
    return undefined;
  }
}
