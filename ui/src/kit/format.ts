/** Numbers, moments and sizes as a person reads them, in the page's language. */
import i18next from "i18next";

/** A number with so many significant digits; very large and very small ones as a power of ten. Texts are what JSON cannot say: NaN. */
export function number(value: number | string, digits = 5): string {
  const is = Number(value);
  if (Number.isNaN(is)) return "NaN";
  if (!Number.isFinite(is)) return is > 0 ? "∞" : "−∞";
  const size = Math.abs(is);
  const whole = Number.isInteger(is);
  if (size !== 0 && (size < 1e-4 || size >= (whole ? 1e12 : 1e9)))
    return numbers({ notation: "scientific", maximumSignificantDigits: digits }).format(is).replace("E", "e");
  if (whole) return numbers({}).format(is);
  const before = size < 1 ? 1 : Math.floor(Math.log10(size)) + 1;
  if (before >= digits) return numbers({ maximumFractionDigits: 1 }).format(is);
  return numbers({ maximumSignificantDigits: digits }).format(is);
}

/** How many: whole, grouped. */
export function count(n: number): string {
  return numbers({ maximumFractionDigits: 0 }).format(n);
}

/** A share of one, as 12.5 %. */
export function percent(share: number, digits = 1): string {
  return numbers({ style: "percent", maximumFractionDigits: digits }).format(share);
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long: the two largest units that matter. */
export function duration(ms: number): string {
  if (!Number.isFinite(ms)) return "";
  if (ms < SECOND) return unit("millisecond", Math.round(ms));
  if (ms < 10 * SECOND) return unit("second", Math.round(ms / 100) / 10);
  if (ms < MINUTE) return unit("second", Math.floor(ms / SECOND));
  if (ms < HOUR) return two("minute", ms / MINUTE, "second", (ms % MINUTE) / SECOND);
  if (ms < DAY) return two("hour", ms / HOUR, "minute", (ms % HOUR) / MINUTE);
  return two("day", ms / DAY, "hour", (ms % DAY) / HOUR);
}

/** When, on the calendar and the clock. */
export function moment(ms: number): string {
  return made(
    "moment",
    (language) => new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }),
  ).format(ms);
}

/** When, seen from now. */
export function ago(ms: number, now: number = Date.now()): string {
  const words = made(
    "ago",
    (language) => new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" }),
  );
  const past = now - ms;
  const size = Math.abs(past);
  if (size < 5 * SECOND) return words.format(0, "second");
  if (size < MINUTE) return words.format(-Math.round(past / SECOND), "second");
  if (size < HOUR) return words.format(-Math.round(past / MINUTE), "minute");
  if (size < DAY) return words.format(-Math.round(past / HOUR), "hour");
  if (size < 30 * DAY) return words.format(-Math.round(past / DAY), "day");
  if (size < 365 * DAY) return words.format(-Math.round(past / (30 * DAY)), "month");
  return words.format(-Math.round(past / (365 * DAY)), "year");
}

const SIZES = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

export function bytes(n: number): string {
  let size = n;
  let at = 0;
  while (size >= 999.5 && at < SIZES.length - 1) {
    size /= 1_000;
    at += 1;
  }
  const digits = at === 0 || size >= 99.5 ? 0 : 1;
  return numbers({
    style: "unit",
    unit: SIZES[at] ?? "byte",
    unitDisplay: at === 0 ? "long" : "short",
    maximumFractionDigits: digits,
  }).format(size);
}

function two(large: string, first: number, small: string, second: number): string {
  const rest = Math.floor(second);
  return rest === 0
    ? unit(large, Math.floor(first))
    : `${unit(large, Math.floor(first))} ${unit(small, rest)}`;
}

function unit(name: string, value: number): string {
  return numbers({ style: "unit", unit: name, unitDisplay: "narrow" }).format(value);
}

function numbers(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return made(JSON.stringify(options), (language) => new Intl.NumberFormat(language, options));
}

/** Formats are slow to make and quick to use: each is made once for each language. */
const kept = new Map<string, unknown>();

function made<Format>(name: string, make: (language: string) => Format): Format {
  const language = i18next.language || "en";
  const key = `${language} ${name}`;
  let format = kept.get(key) as Format | undefined;
  if (format === undefined) {
    format = make(language);
    kept.set(key, format);
  }
  return format;
}
