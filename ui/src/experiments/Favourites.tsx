import { Link } from "@tanstack/react-router";
import { Star } from "lucide-react";
import { useTranslation } from "react-i18next";
import { count } from "../kit/format";
import { IconButton } from "../kit/IconButton";
import { useKept } from "../state/kept";
import { type Place, placeAt } from "./places";
import "./Favourites.css";

/** The star of a place: on, it stands above the tree. */
export function Favourite({ path, reach }: { path: string; reach: number }) {
  const { t } = useTranslation();
  const [favourites, setFavourite] = useKept("favourites");
  const on = favourites.includes(path);
  return (
    <IconButton
      className="favourite"
      label={t("experiments.favourite", { name: path })}
      aria-pressed={on}
      tabIndex={reach}
      onClick={() => setFavourite(path, !on)}
    >
      <Star />
    </IconButton>
  );
}

/** Places that this browser has marked, whatever the order of the tree. */
export function Favourites({ top }: { top: Place }) {
  const { t } = useTranslation();
  const [favourites] = useKept("favourites");
  const places = favourites.map((path) => placeAt(top, path)).filter((place) => place !== undefined);
  if (places.length === 0) return null;
  return (
    <nav className="favourites" aria-label={t("experiments.favourites")}>
      {places.map((place) => (
        <Shortcut key={place.path} place={place} />
      ))}
    </nav>
  );
}

function Shortcut({ place: { path, experiment, places, runs } }: { place: Place }) {
  const content = (
    <>
      <Star aria-hidden="true" />
      <span className="cut" title={path}>
        {path}
      </span>
      <span className="quiet">{count(runs)}</span>
    </>
  );
  return experiment && places.length === 0 ? (
    <Link to="/experiments/$ids" params={{ ids: experiment.experiment_id }}>
      {content}
    </Link>
  ) : (
    <Link to="/folders/$" params={{ _splat: path }}>
      {content}
    </Link>
  );
}
