import { useQuery } from "@tanstack/react-query";
import { Download, ExternalLink, FolderDown, Folder as FolderIcon } from "lucide-react";
import { useTranslation } from "react-i18next";
import { fileAddress, listFolder, type Place, placeKey, viewAddress, zipAddress } from "../api/artifacts";
import type { FileInfo } from "../api/types.gen";
import { CopyButton } from "../kit/Copy";
import { bytes } from "../kit/format";
import { Problem } from "../kit/Problem";
import { Skeleton } from "../kit/Skeleton";
import { FolderView } from "./FolderView";
import { shownAs } from "./kind";
import { Content } from "./preview/Content";
import { nameOf } from "./tree";
import "./Preview.css";

interface Props {
  where: Place;
  path: string;
  /** What a listing says of it, where one has come by. */
  entry: FileInfo | undefined;
  setPath: (path: string) => void;
}

/** What a file holds, or a folder, below a line of what can be done with it. */
export function Preview({ where, path, entry, setPath }: Props) {
  const { t } = useTranslation();
  const asked = useQuery({
    queryKey: ["entry", placeKey(where), path],
    // Only a folder has a listing that is not empty.
    queryFn: async ({ signal }): Promise<FileInfo> => ({
      path,
      is_dir: (await listFolder(where, path, "", signal)).files.some((file) => file.path !== path),
    }),
    enabled: entry === undefined,
  });
  const known = entry ?? asked.data;
  if (asked.isError && !known) return <Problem error={asked.error} retry={() => asked.refetch()} />;
  if (!known) return <Skeleton lines={5} />;
  const viewable = ["picture", "html", "pdf"].includes(shownAs(path).kind) && !known.is_dir;
  return (
    <div className="preview">
      <header className="preview-bar">
        {known.is_dir && <FolderIcon aria-hidden="true" />}
        <h2 className="cut" title={path}>
          {nameOf(path)}
        </h2>
        {known.file_size != null && <span className="quiet number">{bytes(known.file_size)}</span>}
        <span className="preview-tools">
          <CopyButton text={path} label={t("artifacts.copyPath")} />
          {viewable && (
            <a
              className="button plain icon"
              href={viewAddress(where, path)}
              target="_blank"
              rel="noreferrer"
              title={t("artifacts.openAlone")}
            >
              <ExternalLink aria-hidden="true" />
              <span className="unseen">{t("artifacts.openAlone")}</span>
            </a>
          )}
          <a
            className="button outline"
            href={known.is_dir ? zipAddress(where, path) : fileAddress(where, path)}
            aria-label={t(known.is_dir ? "artifacts.zip" : "artifacts.download")}
            download
          >
            {known.is_dir ? <FolderDown aria-hidden="true" /> : <Download aria-hidden="true" />}
            <span className="preview-word">{t(known.is_dir ? "artifacts.zip" : "artifacts.download")}</span>
          </a>
        </span>
      </header>
      {known.is_dir ? (
        <FolderView where={where} path={path} setPath={setPath} />
      ) : (
        <Content where={where} path={path} size={known.file_size ?? undefined} />
      )}
    </div>
  );
}
