import { useEffect } from "react";

/** What the tab of the browser is called while a screen is shown: the most particular part first. */
export function useTitle(...parts: (string | undefined)[]): void {
  const title = [...parts.filter(Boolean), "hito"].join(" · ");
  useEffect(() => {
    document.title = title;
  }, [title]);
}
