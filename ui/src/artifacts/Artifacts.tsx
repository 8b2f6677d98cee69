import { ChevronDown, ChevronRight, FolderDown, RefreshCw } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Place, zipAddress } from "../api/artifacts";
import { Button } from "../kit/Button";
import { Empty } from "../kit/Empty";
import { Field } from "../kit/Field";
import { bytes, count } from "../kit/format";
import { IconButton } from "../kit/IconButton";
import { Problem } from "../kit/Problem";
import { Skeleton } from "../kit/Skeleton";
import { FileIcon } from "./FileIcon";
import { Preview } from "./Preview";
import { entryOf, rowsOf, type TreeRow } from "./tree";
import { useFound } from "./useFound";
import { useTree } from "./useTree";
import { VirtualTree } from "./VirtualTree";
import "./Artifacts.css";

interface Props {
  where: Place;
  /** The file or folder that is shown; empty: none yet. */
  path: string;
  setPath: (path: string) => void;
}

/** A tree of files with its search beside what one of them holds. */
export function Artifacts({ where, path, setPath }: Props) {
  const { t } = useTranslation();
  const tree = useTree(where, path);
  const [text, setText] = useState("");
  const found = useFound(where, text);
  const searching = text.trim() !== "";
  const rows = useMemo(
    () => (searching ? found.files.map(plainRow) : rowsOf(tree.folders, tree.open)),
    [searching, found.files, tree.folders, tree.open],
  );
  const { toggle, more } = tree;
  const pick = useCallback(
    (row: TreeRow) => {
      if (row.kind === "more" || row.kind === "failed") return more(row.path);
      if (row.kind === "wait") return;
      if (row.kind === "folder" && !searching) toggle(row.path);
      setPath(row.path);
    },
    [more, toggle, setPath, searching],
  );
  const seen = useCallback(
    (rows: TreeRow[]) => {
      for (const row of rows) if (row.kind === "more") more(row.path);
    },
    [more],
  );

  const root = tree.folders.get("");
  if (root?.state === "failed" && root.files.length === 0)
    return <Problem error={root.error} retry={tree.reload} />;
  if (root?.state === "ready" && root.files.length === 0)
    return <Empty title={t("artifacts.none")}>{t("artifacts.noneHint")}</Empty>;
  return (
    <div className={`artifacts ${path ? "has-path" : ""}`}>
      <div className="artifacts-side">
        <div className="artifacts-tools">
          <Field
            label={t("artifacts.search")}
            placeholder={t("artifacts.search")}
            bare
            type="search"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          <IconButton label={t("artifacts.reload")} onClick={tree.reload}>
            <RefreshCw />
          </IconButton>
          <a
            className="button plain icon"
            href={zipAddress(where, "")}
            download
            title={t("artifacts.zipAll")}
          >
            <FolderDown aria-hidden="true" />
            <span className="unseen">{t("artifacts.zipAll")}</span>
          </a>
        </div>
        {searching && (
          <p className="artifacts-note quiet" role="status">
            {t(found.done ? "artifacts.foundAll" : "artifacts.foundSoFar", {
              found: count(found.files.length),
              seen: count(found.seen),
            })}
          </p>
        )}
        {root ? (
          <VirtualTree
            rows={rows}
            label={t("artifacts.files")}
            selected={path}
            pick={pick}
            toggle={(row) => row.kind === "folder" && toggle(row.path)}
            seen={seen}
            render={(row) => <Row row={row} whole={searching} />}
          />
        ) : (
          <Skeleton lines={6} />
        )}
      </div>
      <div className="artifacts-main">
        {path ? (
          <Preview
            key={path}
            where={where}
            path={path}
            entry={entryOf(tree.folders, path) ?? found.files.find((file) => file.path === path)}
            setPath={setPath}
          />
        ) : (
          <Empty title={t("artifacts.choose")}>{t("artifacts.chooseHint")}</Empty>
        )}
      </div>
    </div>
  );
}

function Row({ row, whole }: { row: TreeRow; whole: boolean }) {
  const { t } = useTranslation();
  if (row.kind === "wait") return <span className="quiet">{t("artifacts.loading")}</span>;
  if (row.kind === "failed") return <Button look="plain">{t("artifacts.again")}</Button>;
  if (row.kind === "more") return <span className="quiet">{t("artifacts.more")}</span>;
  return (
    <>
      {!whole &&
        (row.open === undefined ? (
          <i className="artifacts-gap" />
        ) : row.open ? (
          <ChevronDown />
        ) : (
          <ChevronRight />
        ))}
      <FileIcon path={row.path} folder={row.kind === "folder"} />
      <span className="cut" title={row.path}>
        {whole ? row.path : row.name}
      </span>
      {row.size !== null && <span className="artifacts-size quiet">{bytes(row.size)}</span>}
    </>
  );
}

function plainRow(file: { path: string; is_dir: boolean; file_size?: number | null }, at: number): TreeRow {
  return {
    id: file.path,
    kind: file.is_dir ? "folder" : "file",
    path: file.path,
    name: file.path,
    level: 1,
    size: file.file_size ?? null,
    place: at + 1,
    siblings: -1,
  };
}
