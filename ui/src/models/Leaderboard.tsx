import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Stage } from "../api/models";
import type { Run, Version } from "../api/types.gen";
import { bestOf, directionOf } from "../compare/best";
import { Badge } from "../kit/Badge";
import { Button } from "../kit/Button";
import { ago, count, moment, number } from "../kit/format";
import type { Entry } from "./entries";
import { SortHead } from "./SortHead";
import { StageMenu } from "./StageMenu";
import "./Leaderboard.css";

interface Props {
  rows: readonly Entry[];
  metrics: readonly string[];
  runs: ReadonlyMap<string, Run>;
  sort: string;
  setSort: (sort: string) => void;
  picked: ReadonlySet<string>;
  setPicked: (picked: ReadonlySet<string>) => void;
  promote: (version: Version, stage: Stage) => void;
}

const SHOWN = 100;

/** A version in each row, with what its run measured. The best value of a metric is marked where its name says which way is good. */
export function Leaderboard({ rows, metrics, runs, sort, setSort, picked, setPicked, promote }: Props) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(SHOWN);
  const best = metrics.map((key) =>
    bestOf(
      rows.map(({ metrics }) => metrics.get(key) ?? null),
      directionOf(key),
    ),
  );
  const pick = (version: string, on: boolean) => {
    const next = new Set(picked);
    if (on) next.add(version);
    else next.delete(version);
    setPicked(next);
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className="leaderboard" aria-label={t("models.leaderboard")} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col" className="leaderboard-pick">
              <span className="unseen">{t("models.pick")}</span>
            </th>
            <SortHead column="version" label={t("models.versionHead")} sort={sort} setSort={setSort} />
            <th scope="col">{t("models.stage")}</th>
            {metrics.map((key) => (
              <SortHead key={key} column={key} label={key} sort={sort} setSort={setSort} end />
            ))}
            <th scope="col">{t("models.run")}</th>
            <SortHead column="created" label={t("models.created")} sort={sort} setSort={setSort} end />
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, shown).map(({ version, metrics: values }, place) => (
            <tr key={version.version}>
              <td className="leaderboard-pick">
                <input
                  type="checkbox"
                  aria-label={t("models.pickVersion", { version: version.version })}
                  checked={picked.has(version.version)}
                  onChange={(event) => pick(version.version, event.target.checked)}
                />
              </td>
              <th scope="row">
                <span className="leaderboard-version">
                  <Link
                    to="/models/$name/versions/$version"
                    params={{ name: version.name, version: version.version }}
                  >
                    v{version.version}
                  </Link>
                  {version.aliases?.map((alias) => (
                    <Badge key={alias} tone="accent">
                      @{alias}
                    </Badge>
                  ))}
                </span>
              </th>
              <td>
                <StageMenu version={version} promote={promote} />
              </td>
              {metrics.map((key, column) => (
                <td key={key} className={`number ${best[column]?.has(place) ? "best" : ""}`}>
                  <Value value={values.get(key)} />
                </td>
              ))}
              <td className="leaderboard-run">
                <RunLink run={runs.get(version.run_id)} id={version.run_id} />
              </td>
              <td className="number quiet" title={moment(version.creation_timestamp)}>
                {ago(version.creation_timestamp)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > shown && (
        <p className="models-more">
          <Button onClick={() => setShown(shown + 400)}>
            {t("models.moreVersions", { count: rows.length - shown, shown: count(rows.length - shown) })}
          </Button>
        </p>
      )}
    </section>
  );
}

function Value({ value }: { value: number | undefined }) {
  return value === undefined ? (
    <span className="quiet">–</span>
  ) : (
    <span title={String(value)}>{number(value)}</span>
  );
}

export function RunLink({ run, id }: { run: Run | undefined; id: string }) {
  const { t } = useTranslation();
  if (!id) return <span className="quiet">–</span>;
  if (!run) return <span className="quiet">{t("models.runGone")}</span>;
  return (
    <Link to="/runs/$runId" params={{ runId: id }} className="cut" title={run.info.run_name}>
      {run.info.run_name || id}
    </Link>
  );
}
