import { useEffect, useState } from "react";
import { fetchPiece, listFolder } from "../api/artifacts";

export const CONSOLE = "console.txt";

/** Of a long text, the end is shown. */
const MOST = 2 * 1024 * 1024;
const EVERY = 2_000;

interface State {
  text: string;
  /** Bytes before those that are shown. */
  cut: number;
  size: number;
  error?: unknown;
}

const NOTHING: State = { text: "", cut: 0, size: 0 };

/** The end of what a program printed; while it runs, what is new is fetched every two seconds, and nothing twice. */
export function useConsole(runId: string, on: boolean, running: boolean): State {
  const [state, setState] = useState(NOTHING);
  useEffect(() => {
    setState(NOTHING);
    if (!on) return;
    const stop = new AbortController();
    const decoder = new TextDecoder();
    let from = -1; // -1: nothing was read yet
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = async () => {
      const size = await sizeOf(runId, stop.signal);
      if (size !== null && size !== from) {
        // A shorter file is another one: it is read from its beginning.
        const anew = from < 0 || size < from;
        const start = anew ? Math.max(0, size - MOST) : from;
        const piece = await fetchPiece(
          { run_id: runId },
          CONSOLE,
          start,
          Math.max(size, start + 1),
          stop.signal,
        );
        const text = decoder.decode(piece.bytes, { stream: !anew });
        from = start + piece.bytes.length;
        setState((now) =>
          anew ? { text, cut: start, size } : { text: now.text + text, cut: now.cut, size },
        );
      }
      if (running) timer = setTimeout(next, document.hidden ? EVERY * 5 : EVERY);
    };
    const next = () => {
      read().catch((error: unknown) => !stop.signal.aborted && setState((now) => ({ ...now, error })));
    };
    next();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [runId, on, running]);
  return state;
}

/** How long the file is; null: there is none yet. */
async function sizeOf(runId: string, signal: AbortSignal): Promise<number | null> {
  const { files } = await listFolder({ run_id: runId }, "", "", signal);
  return files.find((file) => file.path === CONSOLE)?.file_size ?? null;
}
