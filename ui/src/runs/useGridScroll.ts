/**
 * Scrolling of a table whose rows the page moves itself: the view stands still in the scrolled element and rows are shifted in it,
 * in the same frame in which they are drawn; so nothing blank is ever scrolled into sight, and any height is the same (scroll.ts).
 */
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { type Column, seen } from "./columns";
import { type Extent, height, moved, type Place, placed, settled } from "./scroll";

export interface Window {
  /** Lines that are drawn: first, and one after the last. */
  first: number;
  last: number;
  /** Columns of the scrolling part that are drawn. */
  left: number;
  right: number;
  /** Rows are shifted from here. */
  anchor: number;
  /** Which way it last went. */
  down: boolean;
}

interface Sizes {
  width: number;
  height: number;
}

export interface GridScroll {
  scroller: RefObject<HTMLDivElement | null>;
  view: RefObject<HTMLDivElement | null>;
  layer: RefObject<HTMLDivElement | null>;
  window: Window;
  sizes: Sizes;
  /** Height of the scrolled element's rows. */
  tall: number;
  onScroll: () => void;
  showLine: (line: number) => void;
  showColumn: (column: Column) => void;
  atTop: () => boolean;
}

interface Asked {
  count: number;
  row: number;
  /** Height of what stands above the rows: the head and the pinned rows. */
  above: number;
  columns: readonly Column[];
  /** Width of what stands still. */
  kept: number;
}

const START: Window = { first: 0, last: 0, left: 0, right: 0, anchor: 0, down: true };
/** Lines come and go by so many at once. */
const STEP = 4;
/** And columns by so many. */
const ACROSS = 3;
const STRETCH = 10_000;
const PAUSE = 160;

export function useGridScroll({ count, row, above, columns, kept }: Asked): GridScroll {
  const scroller = useRef<HTMLDivElement>(null);
  const view = useRef<HTMLDivElement>(null);
  const layer = useRef<HTMLDivElement>(null);
  const place = useRef<Place>({ top: 0, y: 0 });
  const slid = useRef("");
  /** scrollLeft, read when it changes: reading it after drawing would lay the page out once more. */
  const aside = useRef(0);
  const pause = useRef(0);
  const drawn = useRef(START);
  const [window, setWindow] = useState(START);
  const [sizes, setSizes] = useState<Sizes>({ width: 0, height: 0 });
  const extent: Extent = { whole: count * row, view: Math.max(row, sizes.height - above) };

  const shift = useCallback(() => {
    const { anchor } = drawn.current;
    if (layer.current)
      layer.current.style.transform = `translateY(${Math.round(anchor * row - place.current.y)}px)`;
    const left = `${-aside.current}px`;
    if (left === slid.current) return; // a variable that is set, if to the same, costs the style of all that is below it
    slid.current = left;
    view.current?.style.setProperty("--left", left);
  }, [row]);

  const look = (): Window => {
    const { y } = place.current;
    const first = Math.max(0, (Math.floor(y / row / STEP) - 1) * STEP);
    const last = Math.min(count, (Math.ceil((y + extent.view) / row / STEP) + 1) * STEP);
    const [from, to] = seen(columns, aside.current, Math.max(0, sizes.width - kept));
    const left = Math.floor(from / ACROSS) * ACROSS;
    const right = Math.min(columns.length, Math.ceil(to / ACROSS) * ACROSS);
    const before = drawn.current;
    const down = first === before.first ? before.down : first > before.first;
    return {
      first: Math.min(first, last),
      last,
      left,
      right,
      anchor: Math.floor(first / STRETCH) * STRETCH,
      down,
    };
  };

  const draw = (now: (next: Window) => void) => {
    const next = look();
    if (!same(next, drawn.current)) {
      drawn.current = next;
      now(next);
    }
    shift();
  };

  const settle = () => {
    const element = scroller.current;
    const next = settled(place.current, extent);
    if (!element || next === place.current) return;
    place.current = next;
    element.scrollTop = next.top;
  };

  const onScroll = () => {
    const element = scroller.current;
    if (!element) return;
    const top = element.scrollTop;
    aside.current = element.scrollLeft;
    place.current = moved(place.current, top, extent);
    if (place.current.top !== top) element.scrollTop = place.current.top;
    draw((next) => flushSync(() => setWindow(next)));
    clearTimeout(pause.current);
    pause.current = globalThis.setTimeout(settle, PAUSE) as unknown as number;
  };

  useEffect(() => () => clearTimeout(pause.current), []);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const measure = () =>
      setSizes((old) => {
        const { clientWidth: width, clientHeight: height } = element;
        return old.width === width && old.height === height ? old : { width, height };
      });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  // Fewer rows, other columns, another size: what is drawn follows, and the place stays within the rows.
  useLayoutEffect(() => {
    const most = Math.max(0, extent.whole - extent.view);
    if (place.current.y > most) place.current = placed(most, extent);
    draw(setWindow);
  });

  const go = (y: number) => {
    const element = scroller.current;
    if (!element) return;
    place.current = placed(y, extent);
    element.scrollTop = place.current.top;
    draw((next) => flushSync(() => setWindow(next)));
  };

  return {
    scroller,
    view,
    layer,
    window,
    sizes,
    tall: height(extent),
    onScroll,
    showLine: (line) => {
      const { y } = place.current;
      if (line * row < y) go(line * row);
      else if ((line + 1) * row > y + extent.view) go((line + 1) * row - extent.view);
    },
    showColumn: ({ x, width }) => {
      const element = scroller.current;
      if (!element) return;
      const room = sizes.width - kept;
      if (x < element.scrollLeft) element.scrollLeft = x;
      else if (x + width > element.scrollLeft + room) element.scrollLeft = Math.min(x, x + width - room);
    },
    atTop: () => place.current.y < row,
  };
}

function same(one: Window, other: Window): boolean {
  return (
    one.first === other.first &&
    one.last === other.last &&
    one.left === other.left &&
    one.right === other.right &&
    one.anchor === other.anchor
  );
}
