import type { Curve } from "../api/run";

const WIDE = 96;
const HIGH = 22;

/** A curve in the size of a word. */
export function Spark({ curve, colour, label }: { curve: Curve; colour: string; label: string }) {
  return (
    <svg viewBox={`0 0 ${WIDE} ${HIGH}`} width={WIDE} height={HIGH} role="img" aria-label={label}>
      <path
        d={sparkPath(curve)}
        fill="none"
        stroke={colour}
        strokeWidth="1.25"
        strokeLinejoin="round"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}

/** A path that fills the box, broken where values are missing. */
export function sparkPath({ x, y, min, max }: Curve): string {
  const left = x[0] ?? 0;
  const width = (x.at(-1) ?? 0) - left || 1;
  const height = max - min || 1;
  let path = "";
  let drawing = false;
  for (let at = 0; at < x.length; at += 1) {
    const value = y[at] ?? Number.NaN;
    if (!Number.isFinite(value)) {
      drawing = false;
      continue;
    }
    const px = 1 + (((x[at] ?? 0) - left) / width) * (WIDE - 2);
    const py = max === min ? HIGH / 2 : HIGH - 2 - ((value - min) / height) * (HIGH - 4);
    path += `${drawing ? "L" : "M"}${px.toFixed(1)} ${py.toFixed(1)}`;
    drawing = true;
  }
  return path;
}
