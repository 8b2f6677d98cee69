import {
  ArrowDown,
  ArrowDownWideNarrow,
  ArrowLeft,
  ArrowRight,
  ArrowUp,
  EyeOff,
  Filter,
  Group,
  Pin,
  PinOff,
  Sigma,
} from "lucide-react";
import { useTranslation } from "react-i18next";
import { MenuCheck, MenuItem, MenuLine, MenuSub } from "../kit/Menu";
import { Beside } from "./Beside";
import { NAME } from "./columns";
import { fieldOf, STATS, type Stat } from "./fields";
import type { Sort } from "./search";

export interface ColumnActs {
  sort: (field: string, down: boolean, more: boolean) => void;
  unsort: (field: string) => void;
  group: (field: string) => void;
  filter: (field: string) => void;
  stat: (field: string, stat: Stat | "curve") => void;
  keep: (field: string) => void;
  shift: (field: string, by: number) => void;
  hide: (field: string) => void;
}

interface Props {
  field: string;
  box: DOMRect | null;
  close: () => void;
  sort: readonly Sort[];
  kept: boolean;
  acts: ColumnActs;
}

/** What can be done with a column. */
export function ColumnMenu({ field, box, close, sort, kept, acts }: Props) {
  const { t } = useTranslation();
  const { kind, stat } = fieldOf(field);
  const sortable = kind !== "curves" && field !== "experiment";
  const measured = kind === "metrics" || kind === "curves";
  const stats = {
    last: t("runs.statLast"),
    min: t("runs.statMin"),
    max: t("runs.statMax"),
    mean: t("runs.statMean"),
    first: t("runs.statFirst"),
  };
  const isSorted = sort.some((one) => one.field === field);
  return (
    <Beside box={box} close={close}>
      {sortable && (
        <>
          <MenuItem icon={<ArrowUp />} onSelect={() => acts.sort(field, false, false)}>
            {t("runs.ascending")}
          </MenuItem>
          <MenuItem icon={<ArrowDown />} onSelect={() => acts.sort(field, true, false)}>
            {t("runs.descending")}
          </MenuItem>
          {sort.length > 0 && !isSorted && (
            <MenuItem icon={<ArrowDownWideNarrow />} onSelect={() => acts.sort(field, measured, true)}>
              {t("runs.sortThen")}
            </MenuItem>
          )}
          {isSorted && <MenuItem onSelect={() => acts.unsort(field)}>{t("runs.unsort")}</MenuItem>}
          <MenuLine />
          <MenuItem icon={<Filter />} onSelect={() => acts.filter(field)}>
            {t("runs.filterBy")}
          </MenuItem>
          {field !== NAME && !measured && (
            <MenuItem icon={<Group />} onSelect={() => acts.group(field)}>
              {t("runs.groupBy")}
            </MenuItem>
          )}
        </>
      )}
      {measured && (
        <MenuSub label={t("runs.which")} icon={<Sigma />}>
          {STATS.map((one) => (
            <MenuCheck key={one} on={kind === "metrics" && stat === one} set={() => acts.stat(field, one)}>
              {stats[one]}
            </MenuCheck>
          ))}
          <MenuLine />
          <MenuCheck on={kind === "curves"} set={() => acts.stat(field, "curve")}>
            {t("runs.curve")}
          </MenuCheck>
        </MenuSub>
      )}
      {field !== NAME && (
        <>
          <MenuLine />
          <MenuItem icon={kept ? <PinOff /> : <Pin />} onSelect={() => acts.keep(field)}>
            {kept ? t("runs.unfreeze") : t("runs.freeze")}
          </MenuItem>
          <MenuItem icon={<ArrowLeft />} onSelect={() => acts.shift(field, -1)} keys="Alt ←">
            {t("runs.moveLeft")}
          </MenuItem>
          <MenuItem icon={<ArrowRight />} onSelect={() => acts.shift(field, 1)} keys="Alt →">
            {t("runs.moveRight")}
          </MenuItem>
          <MenuItem icon={<EyeOff />} onSelect={() => acts.hide(field)}>
            {t("runs.hideColumn")}
          </MenuItem>
        </>
      )}
    </Beside>
  );
}
