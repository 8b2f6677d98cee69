import "./Field.css";

interface Props<T extends string> {
  label: string;
  value: T;
  options: readonly { value: T; label: string }[];
  choose: (value: T) => void;
  /** Whether the label is seen or only heard. */
  bare?: boolean;
}

/** The browser's own list: known to everybody, by keyboard and on phones. */
export function Select<T extends string>({ label, value, options, choose, bare = false }: Props<T>) {
  return (
    <label className="field inline">
      <span className={bare ? "unseen" : "field-label"}>{label}</span>
      <select className="select" value={value} onChange={(event) => choose(event.target.value as T)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </label>
  );
}
