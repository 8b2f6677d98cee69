import { useEffect, useRef } from "react";
import { isAsked } from "./fields";
import type { Runs } from "./useRuns";

const TILE = 40;
const REST = 30;

/**
 * Asks for what the table lacks: what is seen first, then what the scrolling leads to, then a little behind. By whole tiles, so
 * that scrolling asks for forty rows now and then, not for one in every frame.
 */
export function useNeeds(
  runs: Runs,
  stuck: number,
  first: number,
  last: number,
  down: boolean,
  fields: readonly string[],
): void {
  const { lines, rows, version } = runs;
  const from = Math.floor(first / TILE) * TILE;
  const to = Math.ceil(last / TILE) * TILE;
  const before = useRef({ from, to });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version tells that rows or lists have changed in place
  useEffect(() => {
    const jumped = to <= before.current.from || from >= before.current.to;
    before.current = { from, to };
    const ask = () => {
      lines.want(0, stuck);
      lines.want(Math.max(0, from - TILE), to + 4 * TILE);
      const ahead = down ? [to, to + 2 * TILE] : [from - 2 * TILE, from];
      const behind = down ? [from - TILE, from] : [to, to + TILE];
      const ids: number[] = [];
      for (const [start = 0, end = 0] of [[0, stuck], [from, to], ahead, behind])
        for (let line = Math.max(0, start); line < Math.min(end, lines.count); line += 1) {
          const what = lines.at(line);
          const id = what?.kind === "run" ? what.list.at(what.place) : undefined;
          if (id !== undefined) ids.push(id);
        }
      rows.need(ids, fields.filter(isAsked));
    };
    if (!jumped) return ask();
    // The bar is being dragged past thousands of rows: only where it rests is worth a question.
    const timer = setTimeout(ask, REST);
    return () => clearTimeout(timer);
  }, [lines, rows, version, stuck, from, to, down, fields]);
}
