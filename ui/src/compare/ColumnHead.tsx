// biome-ignore-all lint/a11y/useSemanticElements: a head of a table that is laid out by hand
// biome-ignore-all lint/a11y/useFocusableInteractive: what can be done is a button in it
import { Link } from "@tanstack/react-router";
import { ArrowLeft, ArrowRight, EllipsisVertical, Flag, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Badge } from "../kit/Badge";
import { IconButton } from "../kit/IconButton";
import { Menu, MenuItem, MenuLine } from "../kit/Menu";
import { Status } from "../kit/Status";
import type { Compared } from "./CompareScreen";

interface Props {
  one: Compared;
  index: number;
  isBase: boolean;
  last: boolean;
  start: number;
  size: number;
  setBase: (id: string) => void;
  remove: (id: string) => void;
  move: (id: string, by: number) => void;
}

/** Which run a column is, and what can be done with the column. */
export function ColumnHead({ one, index, isBase, last, start, size, setBase, remove, move }: Props) {
  const { t } = useTranslation();
  const { run_id, label, colour, run } = one;
  return (
    <span
      role="columnheader"
      aria-colindex={index + 2}
      className={`ctable-cell ctable-run ${isBase ? "base" : ""}`}
      style={{ insetInlineStart: start, inlineSize: size, blockSize: "100%" }}
    >
      <span className="ctable-run-name">
        <i className="run-dot" style={{ background: colour }} />
        <Link to="/runs/$runId" params={{ runId: run_id }} className="cut" title={label}>
          {label}
        </Link>
        <Menu
          align="end"
          trigger={
            <IconButton label={t("compare.columnActions", { name: label })}>
              <EllipsisVertical />
            </IconButton>
          }
        >
          <MenuItem icon={<Flag />} disabled={isBase} onSelect={() => setBase(run_id)}>
            {t("compare.makeBase")}
          </MenuItem>
          <MenuItem icon={<ArrowLeft />} disabled={index === 0} onSelect={() => move(run_id, -1)}>
            {t("compare.moveBack")}
          </MenuItem>
          <MenuItem icon={<ArrowRight />} disabled={last} onSelect={() => move(run_id, 1)}>
            {t("compare.moveOn")}
          </MenuItem>
          <MenuLine />
          <MenuItem icon={<X />} onSelect={() => remove(run_id)}>
            {t("compare.remove")}
          </MenuItem>
        </Menu>
      </span>
      <span className="ctable-run-facts">
        <Status status={run.info.status} bare />
        {run.info.lifecycle_stage === "deleted" && <Badge tone="warn">{t("compare.deleted")}</Badge>}
        {isBase && <Badge tone="accent">{t("compare.base")}</Badge>}
      </span>
    </span>
  );
}
