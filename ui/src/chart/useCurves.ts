/** The curves of a panel: their outline, and where it is zoomed into, that stretch in full detail. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type CurveQuestion, curvesQuery, type Outline, type Stretch, stretchesQuery } from "../api/curves";
import { withDetail } from "../series/align";
import type { Range } from "../series/outliers";
import type { XKind } from "./lines";

export interface Curves {
  /** With x as it is drawn. */
  outlines: Outline[];
  loading: boolean;
  /** Detail is on its way. */
  late: boolean;
  problem: unknown;
  retry: () => void;
}

const NONE: Outline[] = [];

export function useCurves(
  runIds: readonly string[],
  keys: readonly string[],
  kind: XKind,
  width: number,
  zoom: Range | null,
  enabled: boolean,
): Curves {
  const x = kind === "step" ? "step" : "time";
  const buckets = Math.min(4_000, Math.max(100, Math.ceil(width / 100) * 100));
  const question: CurveQuestion = { runIds, keys, x, width: buckets };
  const asked = enabled && width > 0 && runIds.length > 0 && keys.length > 0;
  const whole = useQuery({ ...curvesQuery(question), enabled: asked, placeholderData: keepPreviousData });
  const outlines = whole.data ?? NONE;
  const origins = useMemo(() => (kind === "relative" ? originsOf(outlines) : null), [outlines, kind]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the question is what the outlines answer
  const stretches = useMemo(
    () => (zoom && !whole.isPlaceholderData ? stretchesOf(question, outlines, origins, zoom) : []),
    [outlines, origins, zoom, whole.isPlaceholderData],
  );
  const detail = useQuery({
    ...stretchesQuery(stretches),
    enabled: enabled && stretches.length > 0,
    placeholderData: keepPreviousData,
  });
  const fine = zoom ? (detail.data ?? null) : null;

  const drawn = useMemo(
    () => outlines.map((outline) => moved(detailed(outline, fine), origins)),
    [outlines, fine, origins],
  );
  return {
    outlines: drawn,
    loading: whole.isPending && asked,
    late: whole.isPlaceholderData || (detail.isFetching && stretches.length > 0),
    problem: whole.error ?? (zoom ? detail.error : null),
    retry: () => void whole.refetch(),
  };
}

/** When each run began: the first moment that any of its curves has. */
function originsOf(outlines: readonly Outline[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const { runId, xMin } of outlines) found.set(runId, Math.min(found.get(runId) ?? xMin, xMin));
  return found;
}

/** Which stretches of which runs have more points than the outline shows. */
function stretchesOf(
  question: CurveQuestion,
  outlines: readonly Outline[],
  origins: Map<string, number> | null,
  [start, end]: Range,
): (CurveQuestion & { range: Range })[] {
  const thinned = [...new Set(outlines.filter(({ x, count }) => x.length < count).map(({ runId }) => runId))];
  if (thinned.length === 0) return [];
  if (!origins) return [{ ...question, runIds: thinned, range: [start, end] }];
  return thinned.map((runId) => {
    const origin = origins.get(runId) ?? 0;
    return { ...question, runIds: [runId], range: [origin + start, origin + end] };
  });
}

function detailed(outline: Outline, fine: readonly Stretch[] | null): Outline {
  const found = fine?.find(({ outline: { runId, key } }) => runId === outline.runId && key === outline.key);
  if (!found || outline.x.length >= outline.count) return outline;
  return { ...outline, ...withDetail(outline, found.outline, found.range[0], found.range[1]) };
}

function moved(outline: Outline, origins: Map<string, number> | null): Outline {
  if (!origins) return outline;
  const origin = origins.get(outline.runId) ?? 0;
  return {
    ...outline,
    x: outline.x.map((x) => x - origin),
    xMin: outline.xMin - origin,
    xMax: outline.xMax - origin,
  };
}
