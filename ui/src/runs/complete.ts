/** What can stand at the caret of a query: read from what stands before it. Only a guide; the server has the last word. */
import type { Fields } from "../api/types.gen";
import { ATTRIBUTES, fieldOf, STATS, textOf, valueText } from "./fields";

export interface Spot {
  /** `none`: nothing can be offered, as inside a number. */
  kind: "field" | "operator" | "value" | "join" | "none";
  /** The word at the caret, which an offer replaces. */
  start: number;
  end: number;
  /** What of the word stands before the caret, without its quote. */
  begins: string;
  /** The field that is compared, where an operator or a value is due. */
  field: string;
}

export interface Offer {
  /** What takes the place of the word. */
  text: string;
  label: string;
  /** What it is: `metrics`, `params`, `operator` … */
  about: string;
}

const WORD =
  /\s+|(?:[\p{L}_][\p{L}\p{N}_.]*(?:`[^`]*`?|"[^"]*"?)?(?:\.[\p{L}\p{N}_.]*)?)|`[^`]*`?|'[^']*'?|"[^"]*"?|\d[\w.]*|!=|<=|>=|[^\s]/uy;
const SIGNS = ["=", "!=", "<", "<=", ">", ">="];
const NUMBERS = ["start_time", "end_time", "duration"];

export function spotAt(text: string, caret: number): Spot {
  let due = "field" as Spot["kind"];
  let field = "";
  let list = false;
  let between = false;
  WORD.lastIndex = 0;
  for (;;) {
    const start = WORD.lastIndex;
    const word = start < text.length ? (WORD.exec(text)?.[0] ?? "") : "";
    const end = start + word.length;
    const blank = word.trim() === "";
    // The word that the caret stands in, or at the end of.
    if (word === "" || (caret <= end && !(blank && caret === end && end < text.length) && caret >= start)) {
      if (blank) return { kind: due, start: caret, end: caret, begins: "", field };
      const closed = /^(['"`]).*\1$/s.test(word) && word.length > 1 && caret === end;
      const sign = /^[^\p{L}\p{N}_'"`]/u.test(word);
      const signed = sign && (due !== "operator" || word.endsWith("="));
      if (closed || (due === "value" && /^\d/.test(word)) || signed)
        return sign && caret === end && !closed
          ? after(word)
          : { kind: "none", start, end, begins: word, field };
      const begins = text.slice(start, caret).replace(/^['"`]/, due === "value" ? "" : "$&");
      return { kind: due, start, end, begins, field };
    }
    if (!blank) step(word);
    WORD.lastIndex = end;
  }

  function after(sign: string): Spot {
    step(sign);
    return { kind: due, start: caret, end: caret, begins: "", field };
  }

  function step(word: string): void {
    const upper = word.toUpperCase();
    if (due === "field") {
      if (upper === "NOT" || word === "(" || word === "-" || word === "+") return;
      field = word;
      due = "operator";
    } else if (due === "operator") {
      if (/^[-+*/]$/.test(word)) due = "field";
      else if (/^[!=<>]/.test(word) || ["LIKE", "ILIKE", "MATCHES"].includes(upper)) due = "value";
      else if (upper === "BETWEEN") {
        due = "value";
        between = true;
      } else if (upper === "IN") {
        due = "value";
        list = true;
      } else if (upper === "NULL") due = "join";
    } else if (due === "value") {
      if (list && (word === "(" || word === ",")) return;
      due = "join";
    } else if (between && upper === "AND") {
      between = false;
      due = "value";
    } else if (upper === "AND" || upper === "OR") {
      due = "field";
      list = false;
    } else if (list && word === ",") due = "value";
    else if (word === ")") list = false;
    else if (/^[-+*/]$/.test(word)) due = "value";
  }
}

const MOST = 60;

/** Fields of these runs that have the word in their name; what begins with it stands first. */
export function fieldOffers(fields: Fields, begins: string): Offer[] {
  const word = begins.replaceAll("`", "").toLowerCase();
  const stats = statOffers(begins);
  const found: { offer: Offer; rank: number }[] = [];
  const add = (kind: "metrics" | "params" | "tags" | "attributes", key: string) => {
    const text = textOf(kind, key);
    const plain = kind === "attributes" ? key : `${kind}.${key}`;
    const rank = rankOf(key.toLowerCase(), plain.toLowerCase(), word);
    if (rank >= 0) found.push({ offer: { text, label: plain, about: kind }, rank });
  };
  for (const key of fields.metrics) add("metrics", key);
  for (const key of fields.params) add("params", key);
  for (const key of ["run_name", ...ATTRIBUTES]) add("attributes", key);
  for (const key of fields.tags) add("tags", key);
  found.sort((one, other) => one.rank - other.rank);
  return [...stats, ...found.slice(0, MOST).map(({ offer }) => offer)];
}

export function operatorOffers(field: string, begins: string): Offer[] {
  const { kind, key } = fieldOf(field);
  const number = kind === "metrics" || NUMBERS.includes(key);
  const all = number
    ? [...SIGNS, "BETWEEN", "IN", "IS NULL", "IS NOT NULL"]
    : ["=", "!=", "LIKE", "ILIKE", "IN", "MATCHES", "NOT LIKE", "IS NULL", "IS NOT NULL"];
  return offers(all, begins, "operator");
}

export function joinOffers(begins: string): Offer[] {
  return offers(["AND", "OR"], begins, "operator");
}

export function valueOffers(values: readonly string[]): Offer[] {
  return values.flatMap((value) => {
    const text = valueText(value);
    return text === null ? [] : [{ text, label: value, about: "value" }];
  });
}

/** Values that need no server. */
export function knownValues(field: string): readonly string[] | null {
  const { kind, key } = fieldOf(field);
  if (kind === "metrics") return [];
  if (kind !== "attributes") return null;
  if (key === "status") return ["FINISHED", "RUNNING", "FAILED", "KILLED", "SCHEDULED"];
  return NUMBERS.includes(key) ? [] : null;
}

/** For times: texts of the grammar that are more useful than any stored value. */
export function timeOffers(field: string, begins: string): Offer[] {
  if (field === "start_time" || field === "end_time")
    return offers(["now() - 1h", "now() - 1d", "now() - 7d", "now() - 4w"], begins, "value");
  return field === "duration" ? offers(["10s", "1m", "1h", "1d"], begins, "value") : [];
}

/** The text with the offer in the word's place, and where the caret then is. A field and an operator get their blank. */
export function accepted(text: string, spot: Spot, offer: Offer): { text: string; caret: number } {
  const rest = text.slice(spot.end);
  const gap = rest.startsWith(" ") ? "" : " ";
  const before = text.slice(0, spot.start);
  const space = before === "" || /[\s(]$/.test(before) ? "" : " ";
  const put = `${before}${space}${offer.text}${gap}`;
  return { text: put + rest, caret: put.length + (gap ? 0 : 1) };
}

function offers(texts: readonly string[], begins: string, about: string): Offer[] {
  const word = begins.toUpperCase();
  return texts
    .filter((text) => text.toUpperCase().startsWith(word))
    .map((text) => ({ text, label: text, about }));
}

function statOffers(begins: string): Offer[] {
  const match = /^(metrics\.(?:`[^`]+`|[\p{L}\p{N}_.]+))\.(\w*)$/u.exec(begins);
  if (!match?.[1]) return [];
  return offers(STATS, match[2] ?? "", "metrics").map(({ text }) => {
    const whole = `${match[1]}.${text}`;
    return { text: whole, label: whole, about: "metrics" };
  });
}

/** The smaller the better; -1: not at all. */
function rankOf(key: string, plain: string, word: string): number {
  if (word === "") return 1;
  if (key.startsWith(word)) return 0;
  if (plain.startsWith(word)) return 1;
  const at = plain.indexOf(word);
  if (at < 0) return -1;
  return /[^\p{L}\p{N}]/u.test(plain[at - 1] ?? "") ? 2 : 3;
}
