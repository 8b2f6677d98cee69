/** Changes to many runs at once, each with its way back. */
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { change, exported, rowsOf, runIdsOf } from "../api/runs";
import type { Changed } from "../api/types.gen";
import { count } from "../kit/format";
import { useSay } from "../kit/Toast";
import { isAsked } from "./fields";
import type { Selection } from "./select";
import type { Runs } from "./useRuns";

const ROWS_AT_ONCE = 400;
/** The server names no more runs at once. */
const ALL_AT_MOST = 100_000;

export interface Bulk {
  busy: boolean;
  /** run_ids of a selection, in order; only the first `most`. Fails where all are meant and they are too many. */
  idsOf: (selection: Selection, most?: number) => Promise<string[]>;
  remove: (runIds: string[]) => Promise<void>;
  restore: (runIds: string[]) => Promise<void>;
  tag: (runIds: string[], key: string, value: string) => Promise<void>;
  rename: (runIds: string[], name: string) => Promise<void>;
  save: (selection: Selection, columns: string[], format: "csv" | "json") => Promise<void>;
}

export function useBulk(runs: Runs): Bulk {
  const { t } = useTranslation();
  const say = useSay();
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);

  const working = async <Result>(work: () => Promise<Result>): Promise<Result | undefined> => {
    setBusy(true);
    try {
      return await work();
    } catch (error) {
      say.failed(error);
      return undefined;
    } finally {
      setBusy(false);
    }
  };
  const changed = () => {
    runs.refetch();
    void queries.invalidateQueries({ queryKey: ["runs"] });
    void queries.invalidateQueries({ queryKey: ["experiments"] });
    void queries.invalidateQueries({ queryKey: ["recent"] });
  };
  /** Does it, says so, and offers to take it back. */
  const act = (
    text: (n: number) => string,
    work: () => Promise<Changed>,
    back: (done: Changed) => Promise<unknown>,
  ) =>
    working(async () => {
      const done = await work();
      changed();
      say.done(text(done.run_ids.length), () => void working(() => back(done).finally(changed)));
    }).then(() => undefined);

  const idsOf = async (selection: Selection, most?: number): Promise<string[]> => {
    if (selection.all) {
      if (most === undefined && (runs.list?.count ?? 0) > ALL_AT_MOST)
        throw new RangeError(t("runs.tooMany", { most: count(ALL_AT_MOST) }));
      const wanted = most === undefined ? ALL_AT_MOST : Math.min(most + selection.but.size, ALL_AT_MOST);
      const ids = await runIdsOf(runs.where, runs.order, wanted);
      if (selection.but.size === 0) return ids;
      const but = new Set(await named([...selection.but]));
      return ids.filter((id) => !but.has(id));
    }
    return named([...selection.ids]);
  };
  const named = async (ids: number[]): Promise<string[]> => {
    const found = ids.map((id) => runs.rows.get(id)?.run.run_id);
    if (found.every((one) => one !== undefined)) return found;
    const names: string[] = [];
    for (let at = 0; at < ids.length; at += ROWS_AT_ONCE)
      names.push(...(await rowsOf(ids.slice(at, at + ROWS_AT_ONCE), [])).map(({ run_id }) => run_id));
    return names;
  };
  return {
    busy,
    idsOf,
    remove: (runIds) =>
      act(
        (n) => t("runs.removed", { count: n, n: count(n) }),
        () => change(runIds, "delete"),
        (done) => change(done.run_ids, "restore"),
      ),
    restore: (runIds) =>
      act(
        (n) => t("runs.restored", { count: n, n: count(n) }),
        () => change(runIds, "restore"),
        (done) => change(done.run_ids, "delete"),
      ),
    tag: (runIds, key, value) =>
      act(
        (n) => t("runs.tagged", { count: n, n: count(n) }),
        () => change(runIds, "set_tag", key, value),
        (done) =>
          undone(done, (ids, before) =>
            before === null ? change(ids, "delete_tag", key) : change(ids, "set_tag", key, before),
          ),
      ),
    rename: (runIds, name) =>
      act(
        (n) => t("runs.renamed", { count: n, n: count(n) }),
        () => change(runIds, "rename", "", name),
        (done) => undone(done, (ids, before) => change(ids, "rename", "", before ?? "")),
      ),
    save: async (selection, columns, format) => {
      await working(async () => {
        const some = selection.all && selection.but.size === 0 ? null : await idsOf(selection);
        const query = some && `run_id IN (${some.map((id) => `'${id}'`).join(", ")})`;
        const where = query ? { ...runs.where, query, roots: false } : runs.where;
        const file = await exported({
          ...where,
          order_by: runs.order,
          columns: columns.filter((field) => isAsked(field) || field === "duration"),
          format,
        });
        download(file, `runs.${format}`);
      });
    },
  };
}

/** Gives each run back what it had: those that had the same together. */
async function undone(
  { run_ids, before }: Changed,
  give: (runIds: string[], before: string | null) => Promise<unknown>,
): Promise<void> {
  const same = new Map<string | null, string[]>();
  for (const [at, runId] of run_ids.entries()) {
    const had = before[at] ?? null;
    same.set(had, [...(same.get(had) ?? []), runId]);
  }
  for (const [had, runIds] of same) await give(runIds, had);
}

function download(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
