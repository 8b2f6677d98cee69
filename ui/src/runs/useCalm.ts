import { useCallback, useEffect, useRef } from "react";

/** Calls `run` at once, then at most every `wait` ms while it is asked for more often. */
export function useCalm(wait: number, run: () => void): () => void {
  const latest = useRef(run);
  latest.current = run;
  const calm = useRef<{ timer: ReturnType<typeof setTimeout> | undefined; again: boolean }>({
    timer: undefined,
    again: false,
  });
  useEffect(() => () => clearTimeout(calm.current.timer), []);
  return useCallback(() => {
    const now = calm.current;
    if (now.timer !== undefined) {
      now.again = true;
      return;
    }
    const fire = () => {
      now.again = false;
      latest.current();
      now.timer = setTimeout(() => {
        now.timer = undefined;
        if (now.again) fire();
      }, wait);
    };
    fire();
  }, [wait]);
}
