import { Link } from "@tanstack/react-router";
import { ChartSpline, Columns2, Ellipsis, RefreshCw, Table2 } from "lucide-react";
import { Fragment, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../kit/Button";
import { count } from "../kit/format";
import { IconButton } from "../kit/IconButton";
import { Menu, MenuCheck, MenuItem, MenuLabel, MenuLine } from "../kit/Menu";
import type { Scope } from "./first";
import type { RunsState } from "./search";
import type { Change } from "./useRunsState";
import type { ScopeNames } from "./useScopeNames";
import "./RunsHead.css";

interface Props {
  scope: Scope;
  names: ScopeNames;
  state: RunsState;
  change: Change;
  /** How many runs; null while that is not known. */
  size: { runs: number; more: boolean; groups: number | null } | null;
  fresh: boolean;
  renew: () => void;
  save: (format: "csv" | "json") => void;
  views: ReactNode;
}

/** Of what these runs are, how many, and how they are shown. */
export function RunsHead({ scope, names, state, change, size, fresh, renew, save, views }: Props) {
  const { t } = useTranslation();
  const looks = [
    ["table", t("runs.asTable"), Table2],
    ["both", t("runs.asBoth"), Columns2],
    ["charts", t("runs.asCharts"), ChartSpline],
  ] as const;
  const trash = [
    ["none", t("runs.active")],
    ["only", t("runs.onlyDeleted")],
    ["all", t("runs.withDeleted")],
  ] as const;
  return (
    <header className="runs-head">
      <h1 className="cut">
        <Title scope={scope} names={names} />
      </h1>
      <p className="runs-size quiet number" role="status">
        {size && (
          <>
            {size.groups !== null &&
              `${t("runs.groupCount", { count: size.groups, n: count(size.groups) })} · `}
            {t(size.more ? "runs.countMore" : "runs.count", { count: size.runs, n: count(size.runs) })}
          </>
        )}
      </p>
      {fresh && (
        <Button className="runs-fresh" icon={<RefreshCw />} onClick={renew}>
          {t("runs.fresh")}
        </Button>
      )}
      <fieldset className="runs-looks" aria-label={t("runs.look")}>
        {looks.map(([show, label, Icon], at) => (
          <IconButton
            key={show}
            label={label}
            keys={String(at + 1)}
            aria-pressed={state.show === show}
            onClick={() => change({ show })}
          >
            <Icon />
          </IconButton>
        ))}
      </fieldset>
      {views}
      <Menu
        align="end"
        trigger={
          <IconButton label={t("runs.more")}>
            <Ellipsis />
          </IconButton>
        }
      >
        <MenuCheck on={!state.flat} set={(on) => change({ flat: !on })}>
          {t("runs.nested")}
        </MenuCheck>
        <MenuLine />
        <MenuLabel>{t("runs.which_runs")}</MenuLabel>
        {trash.map(([which, label]) => (
          <MenuCheck key={which} on={state.trash === which} set={() => change({ trash: which })}>
            {label}
          </MenuCheck>
        ))}
        <MenuLine />
        <MenuLabel>{t("runs.exportAll")}</MenuLabel>
        <MenuItem onSelect={() => save("csv")}>CSV</MenuItem>
        <MenuItem onSelect={() => save("json")}>JSON</MenuItem>
      </Menu>
    </header>
  );
}

function Title({ scope, names }: { scope: Scope; names: ScopeNames }) {
  const { t } = useTranslation();
  const ids = scope.where.experiment_ids;
  if (!ids) return <Path name={scope.where.folder ?? ""} />;
  if (ids.length > 1) {
    const known = ids.map((id) => names.names.get(id) ?? id);
    return (
      <span title={known.join("\n")}>
        {t("runs.ofSeveral", { count: ids.length, names: known.join(", ") })}
      </span>
    );
  }
  return <Path name={names.names.get(ids[0] ?? "") ?? ""} />;
}

/** A name whose parts before slashes lead to their folders. */
function Path({ name }: { name: string }) {
  const parts = name.split("/");
  return (
    <span title={name}>
      {parts.slice(0, -1).map((part, at) => {
        const path = parts.slice(0, at + 1).join("/");
        return (
          <Fragment key={path}>
            <Link to="/folders/$" params={{ _splat: path }} className="runs-folder">
              {part}
            </Link>
            <span className="runs-slash">/</span>
          </Fragment>
        );
      })}
      {parts.at(-1)}
    </span>
  );
}
