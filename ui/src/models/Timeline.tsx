import { Link } from "@tanstack/react-router";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { useSize } from "../chart/useSize";
import { moment, number } from "../kit/format";
import { HEIGHT, placed } from "./dots";
import type { Entry } from "./entries";
import { stageOf } from "./StageBadge";
import "./Timeline.css";

/** Versions from the first to the latest, each as high as its metric: whether the model has become better. */
export function Timeline({ entries, metric }: { entries: readonly Entry[]; metric: string | undefined }) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const { width } = useSize(box);
  const { dots, least, most } = placed(entries, metric, width);
  return (
    <figure className="timeline">
      <figcaption>
        <strong>{t("models.timeline")}</strong>
        {metric && least !== null && <span className="quiet cut">{metric}</span>}
      </figcaption>
      <div ref={box} className="timeline-box" style={{ blockSize: HEIGHT }}>
        <svg width={width} height={HEIGHT} aria-hidden="true">
          <path
            className="timeline-line"
            d={dots.map(({ x, y }, at) => `${at ? "L" : "M"}${x} ${y}`).join("")}
          />
        </svg>
        {most !== null && <span className="timeline-most quiet">{number(most)}</span>}
        {least !== null && least !== most && <span className="timeline-least quiet">{number(least)}</span>}
        {dots.map(({ entry: { version }, x, y, value }) => {
          const stage = stageOf(version.current_stage);
          const words = [
            `v${version.version}`,
            stage === "None" ? "" : t(`models.stages.${stage}`),
            value === undefined ? "" : number(value),
            moment(version.creation_timestamp),
          ];
          return (
            <Link
              key={version.version}
              to="/models/$name/versions/$version"
              params={{ name: version.name, version: version.version }}
              className={`timeline-dot ${stage}`}
              style={{ insetInlineStart: x, insetBlockStart: y }}
              title={words.filter(Boolean).join("\n")}
              aria-label={words.filter(Boolean).join(", ")}
            >
              <i />
              <span>v{version.version}</span>
            </Link>
          );
        })}
      </div>
    </figure>
  );
}
