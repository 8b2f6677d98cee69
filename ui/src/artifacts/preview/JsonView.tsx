import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { usePiece } from "../../api/artifacts";
import { Button } from "../../kit/Button";
import { Problem } from "../../kit/Problem";
import { Skeleton } from "../../kit/Skeleton";
import { Code } from "../Code";
import { JsonTree } from "../JsonTree";
import { nameOf } from "../tree";
import type { FileProps } from "./Content";
import { TextView } from "./TextView";
import "./Views.css";

const LIMIT = 8 * 1024 * 1024;

/** JSON as a tree or as text; what is too long, or no JSON, as text. */
export function JsonView({ lines, ...file }: FileProps & { lines: boolean }) {
  const { t } = useTranslation();
  const piece = usePiece(file.where, file.path, LIMIT, (file.size ?? 0) <= LIMIT);
  const [asText, setAsText] = useState(false);
  const value = useMemo(() => {
    if (!piece.data || piece.data.size > piece.data.bytes.length) return undefined;
    const text = new TextDecoder().decode(piece.data.bytes);
    return lines ? parsedLines(text) : parsed(text);
  }, [piece.data, lines]);
  const pretty = useMemo(() => (asText ? JSON.stringify(value, null, 2) : ""), [asText, value]);
  if (piece.isError) return <Problem error={piece.error} retry={() => piece.refetch()} />;
  if ((file.size ?? 0) > LIMIT || (piece.data && value === undefined))
    return <TextView {...file} language="json" />;
  if (!piece.data) return <Skeleton lines={8} />;
  return (
    <>
      <div className="json-tools">
        <Button aria-pressed={!asText} onClick={() => setAsText(false)}>
          {t("artifacts.asTree")}
        </Button>
        <Button aria-pressed={asText} onClick={() => setAsText(true)}>
          {t("artifacts.asText")}
        </Button>
      </div>
      {asText ? (
        <Code text={pretty} language="json" numbered label={nameOf(file.path)} />
      ) : (
        <JsonTree value={value} label={nameOf(file.path)} />
      )}
    </>
  );
}

/** undefined: it is no JSON. NaN and infinities, which Python writes, are taken as texts. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    try {
      return JSON.parse(text.replace(/(?<=[[:,]\s*)(NaN|-?Infinity)(?=\s*[\],}])/g, '"$1"')) as unknown;
    } catch {
      return undefined;
    }
  }
}

function parsedLines(text: string): unknown {
  const found = text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map(parsed);
  return found.includes(undefined) ? undefined : found;
}
