import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { STAGES, type Stage } from "../api/models";
import type { Version } from "../api/types.gen";
import { Badge } from "../kit/Badge";
import { Button } from "../kit/Button";
import { ago, count, moment } from "../kit/format";
import { stageOf } from "./StageBadge";
import { StageMenu } from "./StageMenu";
import { usePromotion } from "./usePromotion";
import "./Lanes.css";

const SHOWN = 30; // cards of a lane until more are asked for

/** The four stages beside each other. A version is moved by dragging its card, or by its menu. */
export function Lanes({ name, versions }: { name: string; versions: readonly Version[] }) {
  const { t } = useTranslation();
  const { promote, dialog } = usePromotion(name, versions);
  const [dragged, setDragged] = useState<Version | null>(null);
  return (
    <>
      <p className="quiet lanes-hint">{t("models.lanesHint")}</p>
      <div className="lanes">
        {STAGES.map((stage) => (
          <Lane
            key={stage}
            stage={stage}
            versions={versions.filter(({ current_stage }) => stageOf(current_stage) === stage)}
            dragged={dragged}
            drag={setDragged}
            promote={promote}
          />
        ))}
      </div>
      {dialog}
    </>
  );
}

interface LaneProps {
  stage: Stage;
  versions: readonly Version[];
  dragged: Version | null;
  drag: (version: Version | null) => void;
  promote: (version: Version, stage: Stage) => void;
}

function Lane({ stage, versions, dragged, drag, promote }: LaneProps) {
  const { t } = useTranslation();
  const [over, setOver] = useState(false);
  const [shown, setShown] = useState(SHOWN);
  const takes = dragged !== null && stageOf(dragged.current_stage) !== stage;
  return (
    <section
      className={`lane ${stage} ${over && takes ? "over" : ""}`}
      aria-labelledby={`lane-${stage}`}
      onDragOver={(event) => {
        if (!takes) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        if (dragged && takes) promote(dragged, stage);
      }}
    >
      <h2 id={`lane-${stage}`}>
        {t(`models.stages.${stage}`)} <span className="quiet">{count(versions.length)}</span>
      </h2>
      <ul>
        {versions.slice(0, shown).map((version) => (
          <li
            key={version.version}
            className="lane-card"
            draggable
            onDragStart={(event) => {
              event.dataTransfer.effectAllowed = "move";
              event.dataTransfer.setData("text/plain", `${version.name} v${version.version}`);
              drag(version);
            }}
            onDragEnd={() => drag(null)}
          >
            <Card version={version} promote={promote} />
          </li>
        ))}
      </ul>
      {versions.length === 0 && <p className="lane-empty quiet">{t("models.laneEmpty")}</p>}
      {versions.length > shown && (
        <Button look="plain" onClick={() => setShown(shown + 100)}>
          {t("models.moreVersions", {
            count: versions.length - shown,
            shown: count(versions.length - shown),
          })}
        </Button>
      )}
    </section>
  );
}

function Card({ version, promote }: Pick<LaneProps, "promote"> & { version: Version }) {
  const { t } = useTranslation();
  return (
    <>
      <div className="lane-card-head">
        <Link
          to="/models/$name/versions/$version"
          params={{ name: version.name, version: version.version }}
          draggable={false}
        >
          {t("models.version", { version: version.version })}
        </Link>
        <StageMenu version={version} promote={promote} />
      </div>
      {version.description && (
        <p className="lane-note">{version.description.split("\n", 1)[0]?.replace(/[*_`#]/g, "")}</p>
      )}
      <div className="lane-card-foot">
        {version.aliases?.map((alias) => (
          <Badge key={alias} tone="accent">
            @{alias}
          </Badge>
        ))}
        <span className="quiet" title={moment(version.creation_timestamp)}>
          {ago(version.creation_timestamp)}
        </span>
      </div>
    </>
  );
}
