import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { usePiece } from "../../api/artifacts";
import { Button } from "../../kit/Button";
import { bytes } from "../../kit/format";
import { Problem } from "../../kit/Problem";
import { Skeleton } from "../../kit/Skeleton";
import { Code } from "../Code";
import { plain } from "../terminal";
import { nameOf } from "../tree";
import type { FileProps } from "./Content";

const FIRST = 512 * 1024;
const MOST = 8 * 1024 * 1024;

/** Text and code; of a long file its beginning, more when asked. */
export function TextView({ where, path, language }: FileProps & { language?: string | undefined }) {
  const { t } = useTranslation();
  const [limit, setLimit] = useState(FIRST);
  const piece = usePiece(where, path, limit);
  const text = useMemo(
    () => (piece.data ? plain(new TextDecoder().decode(piece.data.bytes)) : ""),
    [piece.data],
  );
  if (piece.isError) return <Problem error={piece.error} retry={() => piece.refetch()} />;
  if (!piece.data) return <Skeleton lines={12} />;
  const cut = piece.data.size > piece.data.bytes.length;
  return (
    <>
      {cut && (
        <p className="preview-note">
          {t("artifacts.cut", { shown: bytes(piece.data.bytes.length), size: bytes(piece.data.size) })}
          {limit < MOST && (
            <Button look="plain" onClick={() => setLimit(limit * 4)}>
              {t("artifacts.showMore")}
            </Button>
          )}
        </p>
      )}
      <Code text={text} language={language} numbered label={nameOf(path)} />
    </>
  );
}
