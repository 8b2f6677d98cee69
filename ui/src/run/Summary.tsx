import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Around, Run } from "../api/types.gen";
import { Badge } from "../kit/Badge";
import { CopyButton } from "../kit/Copy";
import { ago, count, duration, moment } from "../kit/format";
import { Status } from "../kit/Status";
import { StageBadge } from "../models/StageBadge";
import { type SavedModel, tagOf } from "./runTags";
import type { RunSearch } from "./search";
import { useNow } from "./useNow";
import "./Facts.css";

interface Props {
  run: Run;
  around: Around | undefined;
  models: SavedModel[];
  go: (change: Partial<Record<keyof RunSearch, string>>, replace?: boolean) => void;
}

/** The facts about a run, a line each. */
export function Summary({ run, around, models, go }: Props) {
  const { t } = useTranslation();
  const { run_id, status, start_time, end_time, user_id } = run.info;
  const running = status === "RUNNING";
  const now = useNow(running);
  const took = (end_time ?? (running ? now : start_time)) - start_time;
  const user = tagOf(run, "mlflow.user") || user_id;
  const source = tagOf(run, "mlflow.source.name");
  const commit = tagOf(run, "mlflow.source.git.commit");
  return (
    <dl className="facts">
      <Fact name={t("run.status")}>
        <Status status={status} />
      </Fact>
      <Fact name={t("run.started")}>
        <time dateTime={new Date(start_time).toISOString()} title={moment(start_time)}>
          {ago(start_time, now)}
        </time>
        <span className="quiet"> · {moment(start_time)}</span>
      </Fact>
      <Fact name={t("run.duration")}>{end_time || running ? duration(took) : "–"}</Fact>
      {user && <Fact name={t("run.user")}>{user}</Fact>}
      {source && (
        <Fact name={t("run.sourceName")}>
          <button
            type="button"
            className="link cut"
            title={source}
            onClick={() => go({ tab: "source" }, false)}
          >
            {source}
          </button>
        </Fact>
      )}
      {commit && (
        <Fact name={t("run.commit")}>
          <code>{commit.slice(0, 10)}</code>
        </Fact>
      )}
      <Fact name={t("run.id")}>
        <code className="cut" title={run_id}>
          {run_id}
        </code>
        <CopyButton text={run_id} label={t("run.copyId")} />
      </Fact>
      {around?.parent && (
        <Fact name={t("run.parent")}>
          <Link to="/runs/$runId" params={{ runId: around.parent.run_id }} className="cut">
            {around.parent.name}
          </Link>
        </Fact>
      )}
      {around && around.children_count > 0 && (
        <Fact name={t("run.children")}>
          <button type="button" className="link" onClick={() => go({ tab: "children" }, false)}>
            {t("run.childRuns", { count: around.children_count, counted: count(around.children_count) })}
          </button>
        </Fact>
      )}
      {models.length > 0 && (
        <Fact name={t("run.models")}>
          {models.slice(0, 8).map(({ id, name }) => (
            <button
              key={id}
              type="button"
              className="link cut"
              title={name}
              onClick={() => go({ tab: "model", model: id }, false)}
            >
              {name}
            </button>
          ))}
          {models.length > 8 && (
            <span className="quiet">{t("run.andMore", { count: models.length - 8 })}</span>
          )}
        </Fact>
      )}
      {around && around.versions.length > 0 && (
        <Fact name={t("run.versions")}>
          {around.versions.map(({ name, version, stage, aliases }) => (
            <span key={`${name}/${version}`} className="run-version">
              <Link
                to="/models/$name/versions/$version"
                params={{ name, version }}
                className="run-version-name"
                title={`${name} ${version}`}
              >
                <span className="cut">{name}</span> <span className="quiet">v{version}</span>
              </Link>
              <StageBadge stage={stage} />
              {aliases.map((alias) => (
                <Badge key={alias} tone="accent">
                  @{alias}
                </Badge>
              ))}
            </span>
          ))}
        </Fact>
      )}
    </dl>
  );
}

export function Fact({ name, children }: { name: ReactNode; children: ReactNode }) {
  return (
    <div className="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
