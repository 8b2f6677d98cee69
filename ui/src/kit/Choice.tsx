import { useId } from "react";
import "./Choice.css";

interface Props<T extends string> {
  label: string;
  value: T;
  options: readonly { value: T; label: string; lang?: string }[];
  choose: (value: T) => void;
  /** Whether the label is only heard. */
  bare?: boolean;
}

/** One of a few, all of them in sight. */
export function Choice<T extends string>({ label, value, options, choose, bare = false }: Props<T>) {
  const name = useId();
  return (
    <fieldset className="choice">
      <legend className={bare ? "unseen" : ""}>{label}</legend>
      <div className="choice-list">
        {options.map((option) => (
          <label key={option.value} className="choice-item" lang={option.lang}>
            <input
              type="radio"
              name={name}
              checked={option.value === value}
              onChange={() => choose(option.value)}
            />
            {option.label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
