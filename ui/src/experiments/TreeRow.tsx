// biome-ignore-all lint/a11y/useSemanticElements: only what is in view is laid out, which a <table> cannot do
import { Link } from "@tanstack/react-router";
import { ChevronRight, FlaskConical, Folder, FolderOpen } from "lucide-react";
import type { CSSProperties } from "react";
import { useTranslation } from "react-i18next";
import { ago, count, moment } from "../kit/format";
import type { Changing } from "./Change";
import { Favourite } from "./Favourites";
import { PlaceMenu } from "./PlaceMenu";
import type { Row } from "./places";

interface Props {
  row: Row;
  index: number;
  focused: boolean;
  take: () => void;
  on: boolean;
  choose: (on: boolean) => void;
  setOpen: (open: boolean) => void;
  change: (change: Changing) => void;
  style: CSSProperties;
}

/** A folder or an experiment: its name, how much is in it, when something last ran. */
export function TreeRow({ row, index, focused, take, on, choose, setOpen, change, style }: Props) {
  const { t } = useTranslation();
  const { place, level, open, at, of } = row;
  const folder = place.places.length > 0;
  const reach = focused ? 0 : -1;
  return (
    <div
      role="row"
      className="tree-row"
      data-index={index}
      aria-rowindex={index + 1}
      aria-level={level}
      aria-posinset={at}
      aria-setsize={of}
      aria-expanded={folder ? open : undefined}
      aria-selected={on}
      tabIndex={reach}
      onFocus={take}
      style={style}
    >
      <span role="gridcell" tabIndex={-1} className="tree-check">
        <input
          type="checkbox"
          checked={on}
          tabIndex={reach}
          aria-label={t("experiments.choose", { name: place.path })}
          onChange={(event) => choose(event.target.checked)}
        />
      </span>
      <span
        role="gridcell"
        tabIndex={-1}
        className="tree-name"
        style={{ paddingInlineStart: `${(level - 1) * 1.125}rem` }}
      >
        {folder ? (
          <button
            type="button"
            className="tree-turn"
            tabIndex={-1}
            aria-label={t(open ? "experiments.close" : "experiments.open", { name: place.path })}
            onClick={() => setOpen(!open)}
          >
            <ChevronRight aria-hidden="true" data-open={open} />
          </button>
        ) : (
          <span className="tree-turn" />
        )}
        <Sign folder={folder} open={open} />
        <PlaceLink row={row} />
        {place.experiment?.description && (
          <span className="tree-note cut" title={place.experiment.description}>
            {firstLine(place.experiment.description)}
          </span>
        )}
      </span>
      <span role="gridcell" tabIndex={-1} className="tree-runs number">
        {place.running > 0 && (
          <span className="tree-running" title={t("experiments.running", { count: place.running })}>
            {count(place.running)}
          </span>
        )}
        <span title={t("experiments.runs", { count: place.runs, shown: count(place.runs) })}>
          {count(place.runs)}
        </span>
      </span>
      <span
        role="gridcell"
        tabIndex={-1}
        className="tree-last number"
        title={place.last ? moment(place.last) : undefined}
      >
        {place.last ? ago(place.last) : "–"}
      </span>
      <span role="gridcell" tabIndex={-1} className="tree-end">
        <Favourite path={place.path} reach={reach} />
        <PlaceMenu place={place} reach={reach} change={change} />
      </span>
    </div>
  );
}

function Sign({ folder, open }: { folder: boolean; open: boolean }) {
  const Icon = folder ? (open ? FolderOpen : Folder) : FlaskConical;
  return <Icon className="tree-sign" aria-hidden="true" />;
}

function PlaceLink({ row: { place } }: { row: Row }) {
  const name = (
    <span className="cut" title={place.path}>
      {place.name}
    </span>
  );
  if (place.experiment && place.places.length === 0)
    return (
      <Link
        tabIndex={-1}
        className="tree-link"
        to="/experiments/$ids"
        params={{ ids: place.experiment.experiment_id }}
      >
        {name}
      </Link>
    );
  return (
    <Link tabIndex={-1} className="tree-link" to="/folders/$" params={{ _splat: place.path }}>
      {name}
    </Link>
  );
}

function firstLine(text: string): string {
  return (
    text
      .split("\n")
      .find((line) => line.trim() !== "")
      ?.replace(/^#+\s*|[*_`]{1,2}(?=\S)|(?<=\S)[*`]{1,2}/g, "") ?? ""
  );
}
