import { useCallback, useEffect, useRef, useState } from "react";

const PLACE = "hito.view.";

/** The view that this browser opens a scope with, when its address says nothing. */
export function useOwnView(
  scope: string,
  state: string,
  open: (state: string) => void,
): [string, (state: string) => void] {
  const [own, setOwn] = useState(() => localStorage.getItem(PLACE + scope) ?? "");
  const begun = useRef(false);
  useEffect(() => {
    if (!begun.current && own && state === "") open(own);
    begun.current = true;
  }, [own, state, open]);
  const keep = useCallback(
    (next: string) => {
      setOwn(next);
      try {
        if (next) localStorage.setItem(PLACE + scope, next);
        else localStorage.removeItem(PLACE + scope);
      } catch {
        // Storage may be full or forbidden; the choice then lasts as long as the page.
      }
    },
    [scope],
  );
  return [own, keep];
}
