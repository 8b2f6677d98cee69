/** Where an axis has its marks, and what is written there. */
import { duration, number } from "../kit/format";

/** Round numbers from low to high, about `count` of them: 1, 2 or 5 times a power of ten apart. */
export function ticks(low: number, high: number, count: number): number[] {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return [];
  if (high <= low) return [low];
  return multiples(low, high, niceStep((high - low) / Math.max(1, count)));
}

/** 1, 2 or 5 times a power of ten, whichever is nearest to `step` in proportion. */
export function niceStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  const lead = step / power;
  if (lead < Math.SQRT2) return power;
  if (lead < Math.sqrt(10)) return 2 * power;
  return lead < Math.sqrt(50) ? 5 * power : 10 * power;
}

/** Powers of ten from low to high; with 2 and 5 between them where there is room; even ones where the range is short. */
export function logTicks(low: number, high: number, count: number): number[] {
  if (!(low > 0) || !(high > low)) return low > 0 ? [low] : [];
  const decades = Math.log10(high / low);
  if (decades < 0.7) return ticks(low, high, count).filter((tick) => tick > 0);
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  const leap = Math.max(1, Math.ceil(decades / Math.max(1, count)));
  const leads = decades * 3 <= count + 1 ? [1, 2, 5] : [1];
  const found: number[] = [];
  for (let power = Math.ceil(first / leap) * leap; power <= last; power += leap)
    for (const lead of leads) {
      const tick = lead * 10 ** power;
      if (tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)) found.push(tick);
    }
  return found.length > 1 ? found : ticks(low, high, count).filter((tick) => tick > 0);
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const SPANS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14, 30, 90, 365].map((n) => n * DAY),
];

/** How long since the start, in ms: at whole seconds, minutes, hours, days. */
export function relativeTicks(low: number, high: number, count: number): number[] {
  return multiples(low, high, spanOf((high - low) / Math.max(1, count)));
}

/** Moments (ms since 1970) at whole units of the local clock; the months' first days where years are seen. */
export function timeTicks(low: number, high: number, count: number): number[] {
  if (!(high > low)) return Number.isFinite(low) ? [low] : [];
  const span = spanOf((high - low) / Math.max(1, count));
  if (span >= 30 * DAY) return monthTicks(low, high, span);
  // Days begin at local midnight, which is no multiple of a day since 1970.
  const shift = -new Date(low).getTimezoneOffset() * MINUTE;
  return multiples(low + shift, high + shift, span).map((tick) => tick - shift);
}

function monthTicks(low: number, high: number, span: number): number[] {
  const months = span >= 365 * DAY ? 12 * Math.ceil(span / (365 * DAY)) : span >= 90 * DAY ? 3 : 1;
  const start = new Date(low);
  const found: number[] = [];
  for (let month = start.getMonth() - (start.getMonth() % Math.min(months, 12)); ; month += months) {
    const tick = new Date(start.getFullYear(), month, 1).getTime();
    if (tick > high) return found;
    if (tick >= low) found.push(tick);
  }
}

function spanOf(least: number): number {
  return SPANS.find((span) => span >= least) ?? niceStep(least / (365 * DAY)) * 365 * DAY;
}

function multiples(low: number, high: number, step: number): number[] {
  const found: number[] = [];
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  // By counting, not by adding: 0.1 + 0.2 is not 0.3.
  const digits = Math.max(0, -Math.floor(Math.log10(step)) + 1);
  for (let at = first; at <= last && found.length < 1_000; at += 1)
    found.push(digits <= 20 ? Number((at * step).toFixed(digits)) + 0 : at * step);
  return found;
}

/** Ticks of numbers as texts: all with as many decimals as tell them apart. */
export function numberLabels(places: readonly number[]): string[] {
  const largest = Math.max(...places.map(Math.abs), 0);
  const apart = places.length > 1 ? Math.abs((places[1] as number) - (places[0] as number)) : largest;
  const digits =
    largest > 0 && apart > 0 ? Math.floor(Math.log10(largest)) - Math.floor(Math.log10(apart)) + 2 : 5;
  const kept = Math.min(15, Math.max(2, digits));
  const [unit, name] = UNITS.find(([size]) => largest >= size * 10 && largest < 1e12) ?? [1, ""];
  return places.map((place) => (place === 0 ? "0" : number(place / unit, kept) + name));
}

/** 5,000 and 20,000 on one axis are 5k and 20k. */
const UNITS = [
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
] as const;

export function relativeLabels(places: readonly number[]): string[] {
  return places.map((place) => (place === 0 ? "0" : place < 0 ? `−${duration(-place)}` : duration(place)));
}

/** Moments as texts: the clock, where a day begins its date, where a year begins the year. */
export function timeLabels(places: readonly number[], language: string): string[] {
  const apart = places.length > 1 ? (places[1] as number) - (places[0] as number) : DAY;
  const clock = new Intl.DateTimeFormat(language, {
    hour: "2-digit",
    minute: "2-digit",
    ...(apart < MINUTE && { second: "2-digit" }),
    ...(apart < SECOND && { fractionalSecondDigits: 3 as const }),
  });
  const day = new Intl.DateTimeFormat(language, { day: "numeric", month: "short" });
  const month = new Intl.DateTimeFormat(language, { month: "short", year: "numeric" });
  return places.map((place) => {
    const date = new Date(place);
    if (apart >= 28 * DAY) return month.format(date);
    const midnight = date.getHours() + date.getMinutes() + date.getSeconds() + date.getMilliseconds() === 0;
    return apart >= DAY || midnight ? day.format(date) : clock.format(date);
  });
}
