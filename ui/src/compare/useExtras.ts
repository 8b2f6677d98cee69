import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import type { FileInfo } from "../api/types.gen";
import { walk } from "../artifacts/useFound";
import { capturedQuery } from "../run/source/useSource";
import type { Extra } from "./lines";

/** Files of a run that a comparison looks at. */
const MOST_FILES = 5_000;

/** What capture kept of the runs, and which files they have, where these are wanted. */
export function useExtras(
  runIds: readonly string[],
  wanted: { captured: boolean; files: boolean },
): { extras: Extra[]; waiting: boolean } {
  const captured = useQueries({
    queries: runIds.map((id) => ({ ...capturedQuery(id), enabled: wanted.captured, retry: false })),
  });
  const files = useQueries({ queries: runIds.map((id) => ({ ...filesQuery(id), enabled: wanted.files })) });
  const waiting =
    (wanted.captured && captured.some(({ isPending }) => isPending)) ||
    (wanted.files && files.some(({ isPending }) => isPending));
  const marks = [...captured, ...files].map(({ dataUpdatedAt }) => dataUpdatedAt).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `marks` says when one of the answers is another one
  const extras = useMemo(
    () => runIds.map((_, at) => ({ captured: captured[at]?.data, files: files[at]?.data })),
    [runIds, marks],
  );
  return { extras, waiting };
}

export function filesQuery(runId: string) {
  return {
    queryKey: ["run", runId, "all-files"],
    queryFn: async ({ signal }: { signal: AbortSignal }): Promise<FileInfo[]> => {
      const found: FileInfo[] = [];
      await walk({ run_id: runId }, signal, (files) => found.push(...files), MOST_FILES);
      return found;
    },
    staleTime: 60_000,
  };
}

export function useFiles(runIds: readonly string[]) {
  return useQueries({ queries: runIds.map(filesQuery) });
}
