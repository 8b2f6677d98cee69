import { useNavigate } from "@tanstack/react-router";
import { Ellipsis, FileText, FlaskConical, FolderPlus, PenLine, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../kit/IconButton";
import { Menu, MenuItem, MenuLine } from "../kit/Menu";
import type { Changing } from "./Change";
import { experimentsIn, type Place } from "./places";

/** What can be done to a folder or an experiment. */
export function PlaceMenu({
  place,
  reach,
  change,
}: {
  place: Place;
  reach: number;
  change: (change: Changing) => void;
}) {
  const { t } = useTranslation();
  const go = useNavigate();
  const { experiment, places, path } = place;
  const folder = places.length > 0;
  return (
    <Menu
      align="end"
      trigger={
        <IconButton label={t("experiments.more", { name: path })} tabIndex={reach}>
          <Ellipsis />
        </IconButton>
      }
    >
      {folder && experiment && (
        <MenuItem
          icon={<FlaskConical />}
          onSelect={() => go({ to: "/experiments/$ids", params: { ids: experiment.experiment_id } })}
        >
          {t("experiments.onlyThis")}
        </MenuItem>
      )}
      <MenuItem icon={<FolderPlus />} onSelect={() => change({ do: "create", folder: `${path}/` })}>
        {t("experiments.newInside")}
      </MenuItem>
      {experiment && (
        <MenuItem icon={<FileText />} onSelect={() => change({ do: "describe", experiment })}>
          {t("experiments.describe")}
        </MenuItem>
      )}
      <MenuItem icon={<PenLine />} keys="F2" onSelect={() => change({ do: "rename", place })}>
        {t("experiments.rename")}
      </MenuItem>
      <MenuLine />
      <MenuItem
        danger
        icon={<Trash2 />}
        keys="Del"
        onSelect={() => change({ do: "delete", experiments: experimentsIn(place) })}
      >
        {folder ? t("experiments.deleteFolder") : t("experiments.delete")}
      </MenuItem>
    </Menu>
  );
}
