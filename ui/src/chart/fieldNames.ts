/** Fields as a person reads them, and as choices of a list. */

import type { Fields } from "../api/types.gen";
import { fieldOf, textOf } from "../runs/fields";
import { headline } from "./layout";

export interface Choice {
  value: string;
  label: string;
}

export function shortName(field: string): string {
  return fieldOf(field).key;
}

export function metricChoices({ metrics = [] }: Fields): Choice[] {
  return metrics.map((key) => ({ value: textOf("metrics", key), label: key }));
}

export function paramChoices({ params = [] }: Fields): Choice[] {
  return params.map((key) => ({ value: textOf("params", key), label: key }));
}

const TIMES: Choice[] = [
  { value: "start_time", label: "start_time" },
  { value: "duration", label: "duration" },
];

export function allChoices(fields: Fields): Choice[] {
  return [...metricChoices(fields), ...paramChoices(fields), ...TIMES];
}

/** What runs can be grouped by. */
export function groupChoices(fields: Fields): Choice[] {
  const tags = (fields.tags ?? []).filter((key) => !key.startsWith("mlflow."));
  return [
    ...paramChoices(fields),
    ...tags.map((key) => ({ value: textOf("tags", key), label: key })),
    { value: "status", label: "status" },
    { value: "user_id", label: "user_id" },
  ];
}

export function headlineField({ metrics = [] }: Fields): string | null {
  const key = headline(metrics);
  return key === null ? null : textOf("metrics", key);
}

const MOST_PARAMS = 40;

/** Params and the headline metric: what charts that choose for themselves look at. */
export function candidateFields(fields: Fields): string[] {
  const metric = headlineField(fields);
  const params = paramChoices(fields).slice(0, MOST_PARAMS);
  return [...params.map(({ value }) => value), ...(metric ? [metric] : [])];
}
