import { type ReactNode, useCallback, useRef } from "react";
import "./Split.css";

interface Props {
  start: ReactNode;
  end: ReactNode;
  /** Share of the width that the first part has, 0 to 1. */
  share: number;
  setShare: (share: number) => void;
  label: string;
}

/** Two parts beside each other with a bar between them, moved by pointer or arrow keys. */
export function Split({ start, end, share, setShare, label }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const move = useCallback(
    (x: number) => {
      const box = place.current?.getBoundingClientRect();
      if (box) setShare(Math.min(0.85, Math.max(0.15, (x - box.left) / box.width)));
    },
    [setShare],
  );
  return (
    <div className="split" ref={place} style={{ "--share": share } as React.CSSProperties}>
      <div className="split-part">{start}</div>
      <div
        className="split-bar"
        role="slider"
        aria-label={label}
        aria-orientation="horizontal"
        aria-valuemin={15}
        aria-valuemax={85}
        aria-valuenow={Math.round(share * 100)}
        tabIndex={0}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={(event) => event.buttons === 1 && move(event.clientX)}
        onKeyDown={(event) => {
          if (event.key === "ArrowLeft") setShare(Math.max(0.15, share - 0.03));
          if (event.key === "ArrowRight") setShare(Math.min(0.85, share + 0.03));
        }}
      />
      <div className="split-part">{end}</div>
    </div>
  );
}
