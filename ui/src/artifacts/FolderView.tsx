import { useTranslation } from "react-i18next";
import { fileAddress, type Place, useFolder } from "../api/artifacts";
import { count } from "../kit/format";
import { Problem } from "../kit/Problem";
import { Skeleton } from "../kit/Skeleton";
import { FileIcon } from "./FileIcon";
import { isPicture } from "./kind";
import { Content } from "./preview/Content";
import { nameOf } from "./tree";

/** Pictures are small until one is opened; the first of a folder are enough to find one's way. */
const TILES = 120;
const SMALL = 2_000_000;

/** A folder at a glance: its readme, and its files as tiles. */
export function FolderView({
  where,
  path,
  setPath,
}: {
  where: Place;
  path: string;
  setPath: (path: string) => void;
}) {
  const { t } = useTranslation();
  const folder = useFolder(where, path);
  if (folder.isError) return <Problem error={folder.error} retry={() => folder.refetch()} />;
  if (!folder.data) return <Skeleton lines={5} />;
  const files = folder.data.pages.flatMap((page) => page.files);
  const readme = files.find((file) => /^readme\.(md|markdown)$/i.test(nameOf(file.path)));
  const tiles = files.slice(0, TILES);
  return (
    <div className="preview-body">
      {readme && <Content where={where} path={readme.path} size={readme.file_size ?? undefined} />}
      <div className="preview-folder">
        {tiles.map((file) => (
          <button key={file.path} type="button" onClick={() => setPath(file.path)}>
            <span className="preview-thumb">
              {isPicture(file.path) && (file.file_size ?? 0) < SMALL ? (
                <img src={fileAddress(where, file.path)} alt="" loading="lazy" />
              ) : (
                <FileIcon path={file.path} folder={file.is_dir} />
              )}
            </span>
            <span className="cut" title={file.path}>
              {nameOf(file.path)}
            </span>
          </button>
        ))}
      </div>
      {(files.length > TILES || folder.hasNextPage) && (
        <p className="preview-note">{t("artifacts.tilesCut", { shown: count(tiles.length) })}</p>
      )}
    </div>
  );
}
