import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { usePiece } from "../../api/artifacts";
import { bytes } from "../../kit/format";
import { Problem } from "../../kit/Problem";
import { Skeleton } from "../../kit/Skeleton";
import { Code } from "../Code";
import { Markdown } from "../Markdown";
import { type NotebookCell, notebookOf, type Output } from "../notebook";
import { safeHtml } from "../safeHtml";
import { plain } from "../terminal";
import type { FileProps } from "./Content";
import { parsed } from "./JsonView";
import { TextView } from "./TextView";
import "./Views.css";

const LIMIT = 24 * 1024 * 1024;

export function NotebookView(file: FileProps) {
  const { t } = useTranslation();
  const piece = usePiece(file.where, file.path, LIMIT);
  const notebook = useMemo(
    () => (piece.data ? notebookOf(parsed(new TextDecoder().decode(piece.data.bytes))) : null),
    [piece.data],
  );
  if (piece.isError) return <Problem error={piece.error} retry={() => piece.refetch()} />;
  if (!piece.data) return <Skeleton lines={10} />;
  if (!notebook)
    return (
      <>
        <p className="preview-note">
          {piece.data.size > LIMIT
            ? t("artifacts.tooLong", { size: bytes(piece.data.size) })
            : t("artifacts.noNotebook")}
        </p>
        <TextView {...file} language="json" />
      </>
    );
  return (
    <div className="preview-body">
      <div className="notebook">
        {notebook.cells.map((cell, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the cells of a file never move
          <Cell key={at} cell={cell} language={notebook.language} />
        ))}
      </div>
    </div>
  );
}

function Cell({ cell, language }: { cell: NotebookCell; language: string }) {
  if (cell.kind === "markdown") return <Markdown text={cell.text} />;
  return (
    <div className="notebook-cell">
      {cell.kind === "code" && <span className="notebook-count">{`[${cell.count ?? " "}]`}</span>}
      <Code text={cell.text} language={cell.kind === "code" ? language : undefined} />
      {cell.outputs.map((output, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the outputs of a file never move
        <div key={at} className="notebook-output">
          <Shown output={output} />
        </div>
      ))}
    </div>
  );
}

function Shown({ output }: { output: Output }) {
  if (output.kind === "text") return <pre>{plain(output.text)}</pre>;
  if (output.kind === "markdown") return <Markdown text={output.text} />;
  if (output.kind === "json") return <pre>{JSON.stringify(output.value, null, 2)}</pre>;
  if (output.kind === "html")
    // biome-ignore lint/security/noDangerouslySetInnerHtml: DOMPurify has cleaned it
    return <div className="markdown" dangerouslySetInnerHTML={{ __html: safeHtml(output.html) }} />;
  if (output.kind === "svg") return <Blob type="image/svg+xml" content={output.text} />;
  return <Blob type={output.type} content={bytesOf(output.base64)} />;
}

/** A picture out of the file itself, as an address of its own: nothing in it can run in an <img>. */
function Blob({ type, content }: { type: string; content: string | Uint8Array<ArrayBuffer> | null }) {
  const { t } = useTranslation();
  const [address, setAddress] = useState<string>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: made once; an output never changes
  useEffect(() => {
    if (content === null) return;
    const made = URL.createObjectURL(new globalThis.Blob([content], { type }));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, []);
  return address ? <img src={address} alt={t("artifacts.output")} /> : null;
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  } catch {
    return null;
  }
}
