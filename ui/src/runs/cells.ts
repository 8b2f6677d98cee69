/** What a cell says: from a run and what is known of it to a text. Pure, and called for every cell that is drawn. */
import { duration, moment, number } from "../kit/format";
import { fieldOf, lowerIsBetter } from "./fields";
import type { Cell, Known } from "./rows";

/** undefined: it is not known yet; null: the run has no such value. */
export function cellValue(field: string, known: Known, now: number): Cell | undefined {
  const { run } = known;
  switch (field) {
    case "run_name":
      return run.name;
    case "start_time":
      return run.start_time;
    case "end_time":
      return run.end_time;
    case "duration":
      return run.end_time === null
        ? run.status === "RUNNING"
          ? now - run.start_time
          : null
        : run.end_time - run.start_time;
    case "status":
      return run.status;
    case "user_id":
      return run.user_id || null;
    case "run_id":
      return run.run_id;
    case "experiment":
      return run.experiment_id;
    default:
      return known.cells.get(field);
  }
}

export function cellText(field: string, value: Cell): string {
  if (value === null) return "";
  if (field === "start_time" || field === "end_time") return moment(Number(value));
  if (field === "duration") return duration(Number(value));
  if (field.startsWith("metrics.")) return number(value);
  return typeof value === "number" ? number(value) : value;
}

/** Whether its column is read from the right: numbers. */
export function isNumeric(field: string): boolean {
  return field.startsWith("metrics.") || field === "duration";
}

export interface Delta {
  text: string;
  tone: "better" | "worse" | "same";
}

/** How a metric differs from the baseline's. */
export function deltaOf(field: string, value: Cell | undefined, base: Cell | undefined): Delta | null {
  if (typeof value !== "number" || typeof base !== "number") return null;
  const by = value - base;
  if (by === 0) return { text: "=", tone: "same" };
  const better = lowerIsBetter(fieldOf(field).key) ? by < 0 : by > 0;
  return { text: `${by > 0 ? "+" : "−"}${number(Math.abs(by), 3)}`, tone: better ? "better" : "worse" };
}
