/** Whether an element is on the screen or about to be: only then is it worth asking for what it shows. */
import { type RefObject, useEffect, useState } from "react";

export function useNear(ref: RefObject<Element | null>, margin = "250px"): boolean {
  const [near, setNear] = useState(typeof IntersectionObserver === "undefined");
  useEffect(() => {
    const element = ref.current;
    if (!element || typeof IntersectionObserver === "undefined") return;
    const watcher = new IntersectionObserver((entries) => setNear(entries.at(-1)?.isIntersecting ?? false), {
      rootMargin: margin,
    });
    watcher.observe(element);
    return () => watcher.disconnect();
  }, [ref, margin]);
  return near;
}
