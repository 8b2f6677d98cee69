import type { CSSProperties, ReactNode, Ref } from "react";

interface Props {
  /** What it holds. */
  label: string;
  className: string;
  style?: CSSProperties;
  place?: Ref<HTMLDivElement>;
  children: ReactNode;
}

/** What may scroll and holds nothing that takes the focus: it takes it itself, so that keys can scroll it. */
export function Scroll({ label, className, style, place, children }: Props) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is a part of a form
    <div
      ref={place}
      role="group"
      aria-label={label}
      className={className}
      style={style}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
      tabIndex={0}
    >
      {children}
    </div>
  );
}
