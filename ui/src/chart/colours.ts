/**
 * Which colour a run has, everywhere and always: its own, found from its id, so that it needs no memory and is the same
 * in the table, in every chart and in an address that was shared. A person may choose another one.
 */

export const COLOURS = 10;

/** Colours by number that were chosen by hand, by run id. */
export type Chosen = Readonly<Record<string, number>>;

/** The run's colour as CSS, a token of the theme. */
export function colourOf(runId: string, chosen: Chosen = {}): string {
  return `var(--series-${numberOf(runId, chosen)})`;
}

/** The number of the run's colour, 0 to 9. */
export function numberOf(runId: string, chosen: Chosen = {}): number {
  const own = chosen[runId];
  if (own !== undefined && Number.isInteger(own) && own >= 0 && own < COLOURS) return own;
  return hashed(runId) % COLOURS;
}

/**
 * Colours for few runs side by side, all different while there are enough: each takes its own, and where an earlier one
 * has taken that already, the nearest free one after it. The same runs in the same order get the same colours.
 */
export function coloursOf(runIds: readonly string[], chosen: Chosen = {}): Map<string, string> {
  const used = new Array<number>(COLOURS).fill(0);
  const found = new Map<string, string>();
  for (const runId of runIds) {
    let number = numberOf(runId, chosen);
    if (chosen[runId] === undefined) {
      const least = Math.min(...used);
      while ((used[number] ?? 0) > least) number = (number + 1) % COLOURS;
    }
    used[number] = (used[number] ?? 0) + 1;
    found.set(runId, `var(--series-${number})`);
  }
  return found;
}

/** FNV-1a: cheap, and spreads ids that differ in one character. */
function hashed(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash ^= text.charCodeAt(at);
    hash = Math.imul(hash, 0x01000193);
  }
  return (hash ^ (hash >>> 15)) >>> 0;
}

/**
 * A colour as a canvas needs it: tokens looked up where `element` stands, then written as rgb, which every library can
 * read. Ask again when the theme changes.
 */
export function resolved(colour: string, element: Element): string {
  const token = /^var\((--[\w-]+)\)$/.exec(colour.trim())?.[1];
  const value = token ? getComputedStyle(element).getPropertyValue(token).trim() : colour;
  return value ? asRgb(value) : colour;
}

const known = new Map<string, string>();
let painter: CanvasRenderingContext2D | null | undefined;

function asRgb(colour: string): string {
  const found = known.get(colour);
  if (found) return found;
  painter ??= canvas();
  if (!painter) return colour;
  painter.clearRect(0, 0, 1, 1);
  painter.fillStyle = colour;
  painter.fillRect(0, 0, 1, 1);
  const [r = 0, g = 0, b = 0, a = 255] = painter.getImageData(0, 0, 1, 1).data;
  const text = a === 255 ? `rgb(${r}, ${g}, ${b})` : `rgba(${r}, ${g}, ${b}, ${(a / 255).toFixed(3)})`;
  known.set(colour, text);
  return text;
}

function canvas(): CanvasRenderingContext2D | null {
  const made = document.createElement("canvas");
  made.width = 1;
  made.height = 1;
  return made.getContext("2d", { willReadFrequently: true });
}
