/** Scores, rates and findings by the names that a person knows. */
import i18next from "i18next";
import { count, number, percent } from "../kit/format";
import type { Finding } from "./evaluation";

/** A sentence whose key is made of a name that an evaluation holds. */
const say = i18next.t.bind(i18next) as unknown as (key: string, values?: Record<string, string>) => string;

/** A name from reports.json, or the name itself with its underscores gone. */
export function named(part: string, name: string): string {
  const key = `reports.${part}.${name}`;
  return i18next.exists(key) ? say(key) : name.replaceAll("_", " ");
}

export function useScoreNames(): (name: string) => string {
  return (name) => named("score", name);
}

const SHARES = new Set(["share", "largest", "level"]);
const COUNTS = new Set(["rows", "count", "columns", "step"]);

/** A finding's sentence with its numbers, and what to do about it. */
export function sentenceOf(finding: Finding): { says: string; advises: string } {
  const values = Object.fromEntries(
    Object.entries(finding.values).map(([name, value]) => [name, saidValue(finding, name, value)]),
  );
  const special = `${finding.rule}__${finding.values.reason}`;
  const rule = i18next.exists(`reports.rule.${special}`) ? special : finding.rule;
  const says = i18next.exists(`reports.rule.${rule}`)
    ? say(`reports.rule.${rule}`, values)
    : `${rule.replaceAll("_", " ")}: ${Object.entries(values)
        .map((pair) => pair.join(" "))
        .join(", ")}`;
  const advises = i18next.exists(`reports.do.${finding.rule}`)
    ? say(`reports.do.${finding.rule}`, values)
    : "";
  return { says, advises };
}

function saidValue(finding: Finding, name: string, value: number | string): string {
  if (typeof value === "string")
    return name === "score" || name === "gap" ? named(name === "gap" ? "gapName" : name, value) : value;
  const rate =
    finding.rule === "weak_slice" &&
    finding.values.score === "error_rate" &&
    (name === "value" || name === "rest");
  if (rate || SHARES.has(name)) return percent(value);
  return COUNTS.has(name) ? count(value) : number(value, 3);
}

/** A p-value; what lies below a thousandth is not told apart. */
export function pText(value: number | null): string {
  if (value === null) return "–";
  return value < 0.001 ? `< ${number(0.001)}` : number(value, 2);
}
