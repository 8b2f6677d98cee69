import { useEffect, useState } from "react";
import "./Markdown.css";

interface Props {
  text: string;
  /** The address of a picture that the text names by a relative path; without it, such pictures are left out. */
  resolve?: ((path: string) => string) | undefined;
}

/** Markdown that somebody wrote: drawn without anything that runs, loads from elsewhere or covers the page. */
export function Markdown({ text, resolve }: Props) {
  const [drawn, setDrawn] = useState<{ of: string; html: string } | null>(null);
  useEffect(() => {
    let gone = false;
    import("./safeHtml")
      .then(({ fromMarkdown }) => !gone && setDrawn({ of: text, html: fromMarkdown(text, resolve) }))
      .catch(() => {}); // the text itself stands there meanwhile
    return () => {
      gone = true;
    };
  }, [text, resolve]);
  if (drawn?.of !== text) return <div className="markdown waiting">{text}</div>;
  // biome-ignore lint/security/noDangerouslySetInnerHtml: DOMPurify has cleaned it
  return <div className="markdown" dangerouslySetInnerHTML={{ __html: drawn.html }} />;
}
