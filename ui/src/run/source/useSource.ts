import { useQuery } from "@tanstack/react-query";
import { fetchPiece, fetchText } from "../../api/artifacts";
import { keptOf } from "../../api/run";
import { type Captured, capturedOf } from "./captured";
import { unzip } from "./unzip";

export const PATCH = "hito/source.patch";
export const ARCHIVE = "hito/source.zip";
export const CELLS = "hito/cells.py";
const ENVIRONMENT = "hito/environment.json";
export const REQUIREMENTS = "requirements.txt";
const LONGEST = 12 << 20;

/** What a run kept of where it ran. */
export function useCaptured(runId: string, on = true) {
  return useQuery({ ...capturedQuery(runId), enabled: on });
}

export function capturedQuery(runId: string) {
  return {
    queryKey: ["run", runId, "captured"],
    queryFn: async ({ signal }: { signal: AbortSignal }): Promise<Captured> => {
      const kept = await keptOf(runId, signal);
      const read = (path: string) =>
        kept.has(path) ? fetchText({ run_id: runId }, path, LONGEST, signal) : Promise.resolve(null);
      const [environment, requirements] = await Promise.all([read(ENVIRONMENT), read(REQUIREMENTS)]);
      return capturedOf(environment, requirements);
    },
    staleTime: 60_000,
  };
}

/** The program's own text: files of the archive, a notebook's cells, and what differs from the commit, by path. */
export interface SourceText {
  files: Map<string, string>;
  patch: string;
}

export function sourceQuery(runId: string) {
  return {
    queryKey: ["run", runId, "source"],
    queryFn: async ({ signal }: { signal: AbortSignal }): Promise<SourceText> => {
      const kept = await keptOf(runId, signal);
      const where = { run_id: runId };
      const files = kept.has(ARCHIVE)
        ? await unzip((await fetchPiece(where, ARCHIVE, 0, LONGEST, signal)).bytes)
        : new Map<string, string>();
      if (kept.has(CELLS)) files.set("cells.py", (await fetchText(where, CELLS, LONGEST, signal)) ?? "");
      const patch = kept.has(PATCH) ? ((await fetchText(where, PATCH, LONGEST, signal)) ?? "") : "";
      return { files, patch };
    },
    staleTime: 60_000,
  };
}

export function useSource(runId: string, on = true) {
  return useQuery({ ...sourceQuery(runId), enabled: on });
}
