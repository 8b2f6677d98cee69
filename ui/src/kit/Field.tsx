import { forwardRef, type InputHTMLAttributes, useId } from "react";
import "./Field.css";

interface Props extends InputHTMLAttributes<HTMLInputElement> {
  label: string;
  bare?: boolean;
  /** What is wrong with the value. */
  problem?: string | undefined;
}

export const Field = forwardRef<HTMLInputElement, Props>(({ label, bare = false, problem, ...rest }, ref) => {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id} className={bare ? "unseen" : "field-label"}>
        {label}
      </label>
      <input
        ref={ref}
        id={id}
        className="input"
        autoComplete="off"
        spellCheck={false}
        aria-invalid={problem ? true : undefined}
        aria-describedby={problem ? `${id}-problem` : undefined}
        {...rest}
      />
      {problem && (
        <p id={`${id}-problem`} className="field-problem">
          {problem}
        </p>
      )}
    </div>
  );
});
Field.displayName = "Field";
