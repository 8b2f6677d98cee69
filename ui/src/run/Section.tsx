import { type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";
import { count } from "../kit/format";
import "./Pairs.css";

interface Props {
  title: string;
  /** How many things it lists. */
  size: number;
  find?: { text: string; set: (text: string) => void } | undefined;
  tools?: ReactNode;
  children: ReactNode;
}

/** A part of a screen with its heading, and a search where there is much to search. */
export function Section({ title, size, find, tools, children }: Props) {
  const { t } = useTranslation();
  const id = useId();
  return (
    <section className="section" aria-labelledby={id}>
      <header>
        <h2 id={id}>
          {title} <span className="quiet">{count(size)}</span>
        </h2>
        {find && size > 8 && (
          <input
            className="input"
            type="search"
            aria-label={t("run.findIn", { what: title })}
            placeholder={t("run.find")}
            value={find.text}
            onChange={(event) => find.set(event.target.value)}
          />
        )}
        {tools}
      </header>
      {children}
    </section>
  );
}
