/**
 * Where a table stands when its scroll bar stands somewhere. Browsers draw no element higher than some ten million pixels; a
 * million rows are three times that. So the scrolled element is at most TALLEST high, and its positions are mapped: small moves
 * (a wheel, a key, a swipe) move the rows by exactly as much; a drag of the bar goes to the same share of the whole.
 */

export const TALLEST = 6_000_000;

export interface Place {
  /** scrollTop of the element. */
  top: number;
  /** Distance of the view's upper edge from the first row, in px of rows. */
  y: number;
}

export interface Extent {
  /** Height of all rows. */
  whole: number;
  /** Height of the view. */
  view: number;
}

/** The height that the scrolled element gets. */
export function height({ whole }: Extent): number {
  return Math.min(whole, TALLEST);
}

/** Where a scroll bar belongs that shows `y`. */
export function placed(y: number, extent: Extent): Place {
  const most = Math.max(0, extent.whole - extent.view);
  const there = Math.min(most, Math.max(0, y));
  if (extent.whole <= TALLEST) return { top: there, y: there };
  return { top: Math.round((there / most) * (TALLEST - extent.view)), y: there };
}

/**
 * The place after the scroll bar has come to `top`. Where the answer's own `top` differs, the bar is to be set there: small
 * moves have carried it to its end before the rows ended.
 */
export function moved(before: Place, top: number, extent: Extent): Place {
  if (extent.whole <= TALLEST) return { top, y: top };
  const most = extent.whole - extent.view;
  const end = TALLEST - extent.view;
  const by = top - before.top;
  if (Math.abs(by) > 2 * extent.view) return { top, y: Math.round((top / end) * most) };
  const y = Math.min(most, Math.max(0, before.y + by));
  const atEnd = (top <= 0 && y > 0) || (top >= end && y < most);
  if (!atEnd) return { top, y };
  const back = placed(y, extent);
  // So near its end that the bar can stand nowhere else: this is the end.
  return back.top === Math.min(end, Math.max(0, top)) ? { top, y: top <= 0 ? 0 : most } : back;
}

/** After a pause: the bar where it belongs, so that it never drifts far from the share it shows. */
export function settled(place: Place, extent: Extent): Place {
  const right = placed(place.y, extent);
  return Math.abs(right.top - place.top) > 1 ? right : place;
}
