/** One road to the server: a question in, an answer out, or an ApiError with the server's sentence. */

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

type Query = Record<string, string | number | boolean | undefined>;

/** GET. Values that are undefined are left out. */
export async function get<Answer>(path: string, query: Query = {}, signal?: AbortSignal): Promise<Answer> {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const tail = given.length
    ? `?${new URLSearchParams(given.map(([key, value]) => [key, String(value)]))}`
    : "";
  return answer<Answer>(await send(address(path) + tail, { signal: signal ?? null }));
}

/** POST of a message, or another method that carries one. */
export async function post<Answer>(
  path: string,
  message: unknown,
  options: { signal?: AbortSignal | undefined; method?: "POST" | "PATCH" | "DELETE" | "PUT" } = {},
): Promise<Answer> {
  return answer<Answer>(await sendJson(path, message, options));
}

/** POST whose answer is bytes: columns of numbers. */
export async function postForBytes(
  path: string,
  message: unknown,
  signal?: AbortSignal,
): Promise<ArrayBuffer> {
  const response = await sendJson(path, message, { signal });
  if (!response.ok) throw await refusal(response);
  return response.arrayBuffer();
}

function sendJson(
  path: string,
  message: unknown,
  options: { signal?: AbortSignal | undefined; method?: string },
): Promise<Response> {
  return send(address(path), {
    method: options.method ?? "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(message),
    signal: options.signal ?? null,
  });
}

async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError("UNREACHABLE", "", 0);
  }
}

async function answer<Answer>(response: Response): Promise<Answer> {
  if (!response.ok) throw await refusal(response);
  return (await response.json()) as Answer;
}

async function refusal(response: Response): Promise<ApiError> {
  try {
    const body = (await response.json()) as { error_code?: string; message?: string };
    return new ApiError(body.error_code ?? "UNKNOWN", body.message ?? response.statusText, response.status);
  } catch {
    return new ApiError("UNKNOWN", response.statusText, response.status);
  }
}
