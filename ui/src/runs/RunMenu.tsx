import {
  ArchiveRestore,
  ArrowUpRight,
  Copy,
  Eye,
  EyeOff,
  Filter,
  Flag,
  Palette,
  Pencil,
  Pin,
  PinOff,
  Tag,
  Trash2,
} from "lucide-react";
import { useTranslation } from "react-i18next";
import type { RunRow } from "../api/types.gen";
import { COLOURS } from "../chart/colours";
import { MenuItem, MenuLine, MenuSub } from "../kit/Menu";
import { Beside } from "./Beside";
import type { Act } from "./keys";

interface Props {
  run: RunRow;
  box: DOMRect | null;
  close: () => void;
  pinned: boolean;
  isBase: boolean;
  unseen: boolean;
  /** A filter for what the cell says, if it says something. */
  filter: string | null;
  act: (act: Act) => void;
  tint: (colour: number | null) => void;
  narrow: (filter: string) => void;
}

/** What can be done with a run. */
export function RunMenu({ run, box, close, pinned, isBase, unseen, filter, act, tint, narrow }: Props) {
  const { t } = useTranslation();
  const deleted = run.lifecycle_stage === "deleted";
  return (
    <Beside box={box} close={close}>
      <MenuItem icon={<ArrowUpRight />} keys="⏎" onSelect={() => act("go")}>
        {t("runs.open")}
      </MenuItem>
      {filter && (
        <MenuItem icon={<Filter />} onSelect={() => narrow(filter)}>
          {t("runs.only", { filter })}
        </MenuItem>
      )}
      <MenuLine />
      <MenuItem icon={pinned ? <PinOff /> : <Pin />} keys="P" onSelect={() => act("pin")}>
        {pinned ? t("runs.unpin") : t("runs.pin")}
      </MenuItem>
      <MenuItem icon={<Flag />} keys="B" onSelect={() => act("base")}>
        {isBase ? t("runs.noBaseline") : t("runs.asBaseline")}
      </MenuItem>
      <MenuItem icon={unseen ? <Eye /> : <EyeOff />} keys="E" onSelect={() => act("eye")}>
        {unseen ? t("runs.eyeOn") : t("runs.eyeOff")}
      </MenuItem>
      <MenuSub label={t("runs.colour")} icon={<Palette />}>
        {Array.from({ length: COLOURS }, (_, colour) => (
          <MenuItem
            // biome-ignore lint/suspicious/noArrayIndexKey: a colour is its number
            key={colour}
            icon={<i className="run-swatch" style={{ background: `var(--series-${colour})` }} />}
            onSelect={() => tint(colour)}
          >
            {t("runs.colourNumber", { number: colour + 1 })}
          </MenuItem>
        ))}
        <MenuLine />
        <MenuItem onSelect={() => tint(null)}>{t("runs.ownColour")}</MenuItem>
      </MenuSub>
      <MenuLine />
      <MenuItem icon={<Pencil />} keys="R" onSelect={() => act("rename")}>
        {t("runs.rename")}
      </MenuItem>
      <MenuItem icon={<Tag />} keys="T" onSelect={() => act("tag")}>
        {t("runs.setTag")}
      </MenuItem>
      <MenuItem icon={<Copy />} onSelect={() => void navigator.clipboard.writeText(run.run_id)}>
        {t("runs.copyId")}
      </MenuItem>
      <MenuLine />
      <MenuItem
        icon={deleted ? <ArchiveRestore /> : <Trash2 />}
        keys="Del"
        danger={!deleted}
        onSelect={() => act("delete")}
      >
        {deleted ? t("runs.restore") : t("runs.delete")}
      </MenuItem>
    </Beside>
  );
}
