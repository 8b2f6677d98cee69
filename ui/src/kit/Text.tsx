import { useId } from "react";
import "./Field.css";
import "./Text.css";

interface Props {
  label: string;
  value: string;
  change: (value: string) => void;
  rows?: number;
  /** Whether the label is only heard. */
  bare?: boolean;
}

/** A field of several lines. */
export function Text({ label, value, change, rows = 6, bare = false }: Props) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id} className={bare ? "unseen" : "field-label"}>
        {label}
      </label>
      <textarea
        id={id}
        className="input text"
        rows={rows}
        value={value}
        onChange={(event) => change(event.target.value)}
      />
    </div>
  );
}
