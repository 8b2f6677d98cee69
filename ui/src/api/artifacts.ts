/** Files of a run, of a logged model or of a version: their listing in pages, and where their bytes are. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { ApiError, addressOf, call } from "./call";
import {
  type FileInfo,
  GET_ARTIFACT,
  GET_MODEL_ARTIFACT,
  GET_VERSION,
  GET_VERSION_ARTIFACT,
  LIST_MODEL_ARTIFACTS,
  LIST_RUN_ARTIFACTS,
  VIEW_FILE,
  ZIP_FOLDER,
} from "./types.gen";

export type Place = { run_id: string } | { model_id: string } | { name: string; version: string };

export interface FolderPage {
  files: FileInfo[];
  next: string | undefined;
}

/** Entries of a folder that are asked for at once. */
const PAGE = 1000;

export async function listFolder(
  place: Place,
  path: string,
  token: string,
  signal?: AbortSignal,
  most = PAGE,
): Promise<FolderPage> {
  if ("name" in place) return listVersion(place, path, token, signal, most);
  const paging = { page_token: token, max_results: most };
  const answer =
    "run_id" in place
      ? await call(LIST_RUN_ARTIFACTS, { run_id: place.run_id, path, ...paging }, signal)
      : await call(
          LIST_MODEL_ARTIFACTS,
          { model_id: place.model_id, artifact_directory_path: path, ...paging },
          signal,
        );
  return { files: answer.files ?? [], next: answer.next_page_token || undefined };
}

/** The bytes of a file as they are: answers ranges, and is saved under its name when a link leads to it. */
export function fileAddress(place: Place, path: string): string {
  if ("run_id" in place) return addressOf(GET_ARTIFACT, { run_id: place.run_id, path });
  if ("model_id" in place)
    return addressOf(GET_MODEL_ARTIFACT, { model_id: place.model_id, artifact_file_path: path });
  return addressOf(GET_VERSION_ARTIFACT, { ...place, path });
}

/** The file as something to look at, which may not reach the page around it; its scripts run where a person asked for them. */
export function viewAddress(place: Place, path: string, scripts = false): string {
  return addressOf(VIEW_FILE, { ...place, path, ...(scripts ? { scripts } : {}) });
}

/** A folder, or with an empty path everything, as one archive. */
export function zipAddress(place: Place, path: string): string {
  return addressOf(ZIP_FOLDER, { ...place, path });
}

export interface Piece {
  bytes: Uint8Array<ArrayBuffer>;
  /** How long the whole file is. */
  size: number;
}

/** The bytes of a file from `start` up to `end`, fewer where it ends. An empty file gives an empty piece. */
export async function fetchPiece(
  place: Place,
  path: string,
  start: number,
  end: number,
  signal?: AbortSignal,
): Promise<Piece> {
  let response: Response;
  try {
    response = await fetch(fileAddress(place, path), {
      headers: { range: `bytes=${start}-${end - 1}` },
      signal: signal ?? null,
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError("UNREACHABLE", "", 0);
  }
  if (response.status === 416) return { bytes: new Uint8Array(0), size: sizeIn(response, 0) };
  if (!response.ok) throw await refused(response);
  const bytes = new Uint8Array(await response.arrayBuffer());
  // A server that does not know ranges sends everything.
  if (response.status === 200) return { bytes: bytes.subarray(start, end), size: bytes.length };
  return { bytes, size: sizeIn(response, start + bytes.length) };
}

/** A small file whole, as text; null if it is longer than `limit`. */
export async function fetchText(
  place: Place,
  path: string,
  limit: number,
  signal?: AbortSignal,
): Promise<string | null> {
  const piece = await fetchPiece(place, path, 0, limit, signal);
  return piece.size > limit ? null : new TextDecoder().decode(piece.bytes);
}

export function placeKey(place: Place): string {
  if ("run_id" in place) return place.run_id;
  return "model_id" in place ? place.model_id : `${place.name}/${place.version}`;
}

export function useFolder(place: Place, path: string, on = true) {
  return useInfiniteQuery({
    queryKey: ["files", placeKey(place), path],
    queryFn: ({ pageParam, signal }) => listFolder(place, path, pageParam, signal),
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
    enabled: on,
    staleTime: 15_000,
  });
}

/** The beginning of a file, up to `limit` bytes. */
export function usePiece(place: Place, path: string, limit: number, on = true) {
  return useQuery({
    queryKey: ["piece", placeKey(place), path, limit],
    queryFn: ({ signal }) => fetchPiece(place, path, 0, limit, signal),
    enabled: on,
    staleTime: 60_000,
    gcTime: 30_000,
  });
}

/** MLflow's protocol has no listing of a version: where its source is, is listed instead. */
async function listVersion(
  place: { name: string; version: string },
  path: string,
  token: string,
  signal: AbortSignal | undefined,
  most: number,
): Promise<FolderPage> {
  const { model_version } = await call(GET_VERSION, place, signal);
  const found = sourcePlace(model_version.source, model_version.run_id);
  if (!found) throw new ApiError("NOT_LISTED", model_version.source, 404);
  const page = await listFolder(found.place, joined(found.base, path), token, signal, most);
  const skip = found.base ? found.base.length + 1 : 0;
  return { ...page, files: page.files.map((file) => ({ ...file, path: file.path.slice(skip) })) };
}

/** Whose files a version's source is, if it is one's whose files can be listed. */
export function sourcePlace(source: string, runId: string): { place: Place; base: string } | null {
  const model = /^models:\/*(m-[^/]+)\/?(.*)$/.exec(source);
  if (model?.[1]) return { place: { model_id: model[1] }, base: model[2] ?? "" };
  const run = /^runs:\/*([^/]+)\/?(.*)$/.exec(source);
  if (run?.[1]) return { place: { run_id: run[1] }, base: run[2] ?? "" };
  const logged = /\/models\/(m-[^/]+)\/artifacts\/?(.*)$/.exec(source);
  if (logged?.[1]) return { place: { model_id: logged[1] }, base: trimmed(logged[2]) };
  const at = runId ? source.indexOf(`/${runId}/artifacts`) : -1;
  if (at < 0) return null;
  return { place: { run_id: runId }, base: trimmed(source.slice(at + runId.length + 11).replace(/^\//, "")) };
}

function trimmed(path = ""): string {
  return path.replace(/\/+$/, "");
}

function joined(base: string, path: string): string {
  return base && path ? `${base}/${path}` : base || path;
}

function sizeIn(response: Response, otherwise: number): number {
  const told = /\/(\d+)$/.exec(response.headers.get("content-range") ?? "")?.[1];
  return told ? Number(told) : otherwise;
}

async function refused(response: Response): Promise<ApiError> {
  try {
    const body = (await response.json()) as { error_code?: string; message?: string };
    return new ApiError(body.error_code ?? "UNKNOWN", body.message ?? response.statusText, response.status);
  } catch {
    return new ApiError("UNKNOWN", response.statusText, response.status);
  }
}
