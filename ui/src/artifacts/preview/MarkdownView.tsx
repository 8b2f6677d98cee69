import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { fileAddress, usePiece } from "../../api/artifacts";
import { bytes } from "../../kit/format";
import { Problem } from "../../kit/Problem";
import { Skeleton } from "../../kit/Skeleton";
import { Markdown } from "../Markdown";
import { beside } from "../safeHtml";
import type { FileProps } from "./Content";
import "./Views.css";

const LIMIT = 1024 * 1024;

export function MarkdownView({ where, path }: FileProps) {
  const { t } = useTranslation();
  const piece = usePiece(where, path, LIMIT);
  const resolve = useCallback(
    (name: string) => {
      const found = beside(path, name);
      return found === null ? "" : fileAddress(where, found);
    },
    [where, path],
  );
  if (piece.isError) return <Problem error={piece.error} retry={() => piece.refetch()} />;
  if (!piece.data) return <Skeleton lines={8} />;
  const { bytes: body, size } = piece.data;
  return (
    <div className="preview-body view-pad">
      {size > body.length && (
        <p className="preview-note">{t("artifacts.cut", { shown: bytes(body.length), size: bytes(size) })}</p>
      )}
      <Markdown text={new TextDecoder().decode(body)} resolve={resolve} />
    </div>
  );
}
