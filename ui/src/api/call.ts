/** One road to the server: a question in, an answer out, or an ApiError with the server's sentence. */
import type { Endpoint } from "./types.gen";

export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/** Where the server's paths begin: the page's <base>, which the server writes. */
export const root = new URL("./", document.baseURI).pathname;

export function address(path: string): string {
  return root + path.replace(/^\//, "");
}

/** Ask an endpoint (types.gen.ts) for its answer; fields that its path names are taken from the message. */
export async function call<Takes extends object, Gives>(
  endpoint: Endpoint<Takes, Gives>,
  message: Takes,
  signal?: AbortSignal,
): Promise<Gives> {
  const response = await sent(endpoint, message, signal);
  if (!response.ok) throw await refusal(response);
  if (response.headers.get("content-type")?.startsWith("application/json"))
    return (await response.json()) as Gives;
  return (await response.arrayBuffer()) as Gives;
}

/** The answer as a stream or a file: exports. */
export async function callForBlob<Takes extends object>(
  endpoint: Endpoint<Takes, ArrayBuffer>,
  message: Takes,
): Promise<Blob> {
  const response = await sent(endpoint, message);
  if (!response.ok) throw await refusal(response);
  return response.blob();
}

/** The address of something that is fetched by the browser itself: a picture, a download. Unset fields are left out. */
export function addressOf<Takes extends object>(endpoint: Endpoint<Takes, unknown>, message: Takes): string {
  const { path, rest } = filled(endpoint.path, message);
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(rest)) {
    if (value === undefined || value === null || value === "") continue;
    for (const one of Array.isArray(value) ? value : [value]) query.append(key, String(one));
  }
  const tail = query.toString();
  return address(path) + (tail ? `?${tail}` : "");
}

type Place = Pick<Endpoint<object, unknown>, "method" | "path">;

function sent(endpoint: Place, message: object, signal?: AbortSignal): Promise<Response> {
  const init: RequestInit = { method: endpoint.method, signal: signal ?? null };
  if (endpoint.method === "GET") return send(addressOf(endpoint, message), init);
  const { path, rest } = filled(endpoint.path, message);
  return send(address(path), {
    ...init,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(rest),
  });
}

function filled(path: string, message: object): { path: string; rest: Record<string, unknown> } {
  const rest: Record<string, unknown> = { ...message };
  const done = path.replace(/\{(\w+)(\+?)\}/g, (_, name: string, many: string) => {
    const value = String(rest[name] ?? "");
    delete rest[name];
    return many ? value.split("/").map(encodeURIComponent).join("/") : encodeURIComponent(value);
  });
  return { path: done, rest };
}

async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError("UNREACHABLE", "", 0);
  }
}

async function refusal(response: Response): Promise<ApiError> {
  try {
    const body = (await response.json()) as { error_code?: string; message?: string };
    return new ApiError(body.error_code ?? "UNKNOWN", body.message ?? response.statusText, response.status);
  } catch {
    return new ApiError("UNKNOWN", response.statusText, response.status);
  }
}
