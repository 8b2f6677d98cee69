import "./Skeleton.css";

/** Grey bars where lines of text will be; shown only when waiting takes longer than a blink. */
export function Skeleton({ lines = 3 }: { lines?: number }) {
  return (
    <div className="skeleton" aria-hidden="true">
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the bars are all alike and never move
        <i key={line} style={{ inlineSize: `${90 - ((line * 37) % 45)}%` }} />
      ))}
    </div>
  );
}
