/** Columns of many runs, for charts that compare them; hidden runs left out. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type Columns, columnsQuery } from "../api/curves";
import type { Where } from "../api/types.gen";
import { withoutHidden } from "./analysis";

export interface FoundColumns {
  columns: Columns | null;
  loading: boolean;
  late: boolean;
  problem: unknown;
  retry: () => void;
}

export function useColumns(
  where: Where,
  orderBy: readonly string[],
  fields: readonly string[],
  hidden: ReadonlySet<string>,
  enabled: boolean,
): FoundColumns {
  const asked = enabled && fields.length > 0;
  const found = useQuery({
    ...columnsQuery(where, orderBy, fields),
    enabled: asked,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  });
  const columns = useMemo(
    () => (found.data ? withoutHidden(found.data, hidden) : null),
    [found.data, hidden],
  );
  return {
    columns,
    loading: found.isPending && asked,
    late: found.isPlaceholderData,
    problem: found.error,
    retry: () => void found.refetch(),
  };
}
