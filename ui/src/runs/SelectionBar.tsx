import { ArchiveRestore, Download, GitCompareArrows, Pencil, Pin, Tag, Trash2, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "../kit/Button";
import { count } from "../kit/format";
import { IconButton } from "../kit/IconButton";
import { Menu, MenuItem } from "../kit/Menu";
import "./SelectionBar.css";

export interface BulkActs {
  compare: () => void;
  tag: () => void;
  rename: () => void;
  pin: () => void;
  remove: () => void;
  restore: () => void;
  save: (format: "csv" | "json") => void;
  clear: () => void;
}

/** What can be done with the selected runs; it stands above the foot of the table while any are selected. */
export function SelectionBar({
  size,
  busy,
  deleted,
  acts,
}: {
  size: number;
  busy: boolean;
  /** Whether deleted runs may be among them. */
  deleted: boolean;
  acts: BulkActs;
}) {
  const { t } = useTranslation();
  return (
    <div
      className="selection"
      role="toolbar"
      aria-label={t("runs.selected", { count: size, n: count(size) })}
      aria-busy={busy}
    >
      <span className="selection-size number">{t("runs.selected", { count: size, n: count(size) })}</span>
      <Button
        look="primary"
        icon={<GitCompareArrows />}
        onClick={acts.compare}
        disabled={busy || size < 2 || size > 100}
      >
        {t("runs.compare")}
      </Button>
      <Button look="plain" icon={<Tag />} onClick={acts.tag} disabled={busy}>
        <span className="wide">{t("runs.setTag")}</span>
      </Button>
      <Button look="plain" icon={<Pencil />} onClick={acts.rename} disabled={busy}>
        <span className="wide">{t("runs.rename")}</span>
      </Button>
      <Button look="plain" icon={<Pin />} onClick={acts.pin} disabled={busy || size > 20}>
        <span className="wide">{t("runs.pin")}</span>
      </Button>
      <Menu
        trigger={
          <Button look="plain" icon={<Download />} disabled={busy}>
            <span className="wide">{t("runs.export")}</span>
          </Button>
        }
      >
        <MenuItem onSelect={() => acts.save("csv")}>CSV</MenuItem>
        <MenuItem onSelect={() => acts.save("json")}>JSON</MenuItem>
      </Menu>
      {deleted && (
        <Button look="plain" icon={<ArchiveRestore />} onClick={acts.restore} disabled={busy}>
          {t("runs.restore")}
        </Button>
      )}
      <Button
        look="plain"
        className="selection-delete"
        icon={<Trash2 />}
        onClick={acts.remove}
        disabled={busy}
      >
        <span className="wide">{t("runs.delete")}</span>
      </Button>
      <IconButton label={t("runs.clearSelection")} keys="Esc" onClick={acts.clear}>
        <X />
      </IconButton>
    </div>
  );
}
