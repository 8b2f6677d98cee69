import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { type Place, usePiece } from "../../api/artifacts";
import { Empty } from "../../kit/Empty";
import { Problem } from "../../kit/Problem";
import { Skeleton } from "../../kit/Skeleton";
import { holdsBytes, type Kind, looksLikeText, shownAs } from "../kind";
import { Frame, Media, Pdf, Picture } from "./Frames";
import { TextView } from "./TextView";

const JsonView = lazy(() => import("./JsonView").then((all) => ({ default: all.JsonView })));
const MarkdownView = lazy(() => import("./MarkdownView").then((all) => ({ default: all.MarkdownView })));
const NotebookView = lazy(() => import("./NotebookView").then((all) => ({ default: all.NotebookView })));
const TableView = lazy(() => import("./TableView").then((all) => ({ default: all.TableView })));

export interface FileProps {
  where: Place;
  path: string;
  /** Bytes, where they are known. */
  size?: number | undefined;
}

/** What a file holds, drawn as its kind is drawn. */
export function Content(file: FileProps) {
  const { kind, language } = shownAs(file.path);
  return (
    <Suspense fallback={<Skeleton lines={8} />}>
      {kind === "unknown" ? <Unknown {...file} /> : <Known {...file} kind={kind} language={language} />}
    </Suspense>
  );
}

function Known({ kind, language, ...file }: FileProps & { kind: Kind; language: string | undefined }) {
  const { t } = useTranslation();
  if (file.size === 0) return <Empty title={t("artifacts.emptyFile")} />;
  if (kind === "picture") return <Picture {...file} />;
  if (kind === "html") return <Frame {...file} />;
  if (kind === "pdf") return <Pdf {...file} />;
  if (kind === "sound" || kind === "film") return <Media {...file} film={kind === "film"} />;
  if (kind === "csv" || kind === "parquet") return <TableView {...file} kind={kind} />;
  if (kind === "json" || kind === "lines") return <JsonView {...file} lines={kind === "lines"} />;
  if (kind === "markdown") return <MarkdownView {...file} />;
  if (kind === "notebook") return <NotebookView {...file} />;
  return <TextView {...file} language={language} />;
}

/** A name that says nothing: its first bytes are looked at. */
function Unknown(file: FileProps) {
  const { t } = useTranslation();
  const skip = holdsBytes(file.path);
  const head = usePiece(file.where, file.path, 4096, !skip);
  if (head.isError) return <Problem error={head.error} retry={() => head.refetch()} />;
  if (!skip && !head.data) return <Skeleton lines={8} />;
  if (head.data?.size === 0) return <Empty title={t("artifacts.emptyFile")} />;
  if (head.data && looksLikeText(head.data.bytes)) return <TextView {...file} />;
  return <Empty title={t("artifacts.noPreview")}>{t("artifacts.noPreviewHint")}</Empty>;
}
