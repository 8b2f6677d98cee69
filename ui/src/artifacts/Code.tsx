import { useEffect, useMemo, useState } from "react";
import { coloured } from "./highlight";
import "./Code.css";

interface Props {
  text: string;
  language?: string | undefined;
  /** Line numbers beside it. */
  numbered?: boolean;
  label?: string;
  wrap?: boolean;
}

/** A text in even letters, plain at once and coloured a moment later. */
export function Code({ text, language, numbered = false, label, wrap = false }: Props) {
  const [html, setHtml] = useState<{ of: string; html: string } | null>(null);
  useEffect(() => {
    let gone = false;
    coloured(text, language)
      .then((found) => !gone && setHtml(found === null ? null : { of: text, html: found }))
      .catch(() => {}); // without its grammar a text stays plain
    return () => {
      gone = true;
    };
  }, [text, language]);
  const numbers = useMemo(() => (numbered ? lineNumbers(text) : ""), [numbered, text]);
  return (
    <section
      className={`code ${wrap ? "wrap" : ""}`}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
    >
      {numbered && (
        <pre className="code-numbers" aria-hidden="true">
          {numbers}
        </pre>
      )}
      {html?.of === text ? (
        // biome-ignore lint/security/noDangerouslySetInnerHtml: highlight.js escapes the text and adds spans only
        <pre className="code-text" dangerouslySetInnerHTML={{ __html: html.html }} />
      ) : (
        <pre className="code-text">{text}</pre>
      )}
    </section>
  );
}

function lineNumbers(text: string): string {
  let lines = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < text.length - 1; at = text.indexOf("\n", at + 1))
    lines += 1;
  return Array.from({ length: lines }, (_, at) => at + 1).join("\n");
}
