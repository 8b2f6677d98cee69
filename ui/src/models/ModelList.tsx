import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { RegisteredModel } from "../api/types.gen";
import { Badge } from "../kit/Badge";
import { ago, moment } from "../kit/format";

const SHOWN = 3; // aliases and tags of a row

/** Models in rows: what stands where, and when it last changed. */
export function ModelList({ models }: { models: readonly RegisteredModel[] }) {
  const { t } = useTranslation();
  return (
    <table className="models-table">
      <thead>
        <tr>
          <th scope="col">{t("models.model")}</th>
          <th scope="col">{t("models.stages.Production")}</th>
          <th scope="col">{t("models.stages.Staging")}</th>
          <th scope="col" className="models-latest">
            {t("models.latest")}
          </th>
          <th scope="col" className="models-aliases">
            {t("models.aliases")}
          </th>
          <th scope="col" className="number models-changed">
            {t("models.changed")}
          </th>
        </tr>
      </thead>
      <tbody>
        {models.map((model) => (
          <ModelRow key={model.name} model={model} />
        ))}
      </tbody>
    </table>
  );
}

function ModelRow({ model }: { model: RegisteredModel }) {
  const { name, description, latest_versions = [], aliases = [], last_updated_timestamp } = model;
  const latest = Math.max(0, ...latest_versions.map(({ version }) => Number(version)));
  return (
    <tr>
      <th scope="row">
        <Link to="/models/$name" params={{ name }} className="models-name cut" title={name}>
          {name}
        </Link>
        {description && (
          <span className="models-note cut" title={description}>
            {description.split("\n", 1)[0]?.replace(/[*_`#]/g, "")}
          </span>
        )}
      </th>
      <td>
        <InStage model={model} stage="Production" />
      </td>
      <td>
        <InStage model={model} stage="Staging" />
      </td>
      <td className="models-latest">
        {latest > 0 ? <VersionLink name={name} version={String(latest)} /> : <span className="quiet">–</span>}
      </td>
      <td className="models-aliases">
        <span className="models-chips">
          {aliases.slice(0, SHOWN).map(({ alias, version }) => (
            <Badge key={alias} tone="accent">
              @{alias} → {version}
            </Badge>
          ))}
          {aliases.length > SHOWN && <span className="quiet">+{aliases.length - SHOWN}</span>}
        </span>
      </td>
      <td className="number quiet models-changed" title={moment(last_updated_timestamp)}>
        {ago(last_updated_timestamp)}
      </td>
    </tr>
  );
}

function InStage({ model, stage }: { model: RegisteredModel; stage: string }) {
  const version = model.latest_versions?.find(({ current_stage }) => current_stage === stage)?.version;
  return version ? <VersionLink name={model.name} version={version} /> : <span className="quiet">–</span>;
}

export function VersionLink({ name, version }: { name: string; version: string }) {
  const { t } = useTranslation();
  return (
    <Link
      to="/models/$name/versions/$version"
      params={{ name, version }}
      aria-label={t("models.versionOf", { name, version })}
    >
      v{version}
    </Link>
  );
}
