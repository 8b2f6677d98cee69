import { useState } from "react";
import { useTranslation } from "react-i18next";
import { fileAddress, viewAddress } from "../../api/artifacts";
import { Button } from "../../kit/Button";
import { Empty } from "../../kit/Empty";
import { nameOf } from "../tree";
import type { FileProps } from "./Content";

/** A picture, also SVG: in an <img>, nothing that it holds runs or loads. */
export function Picture({ where, path }: FileProps) {
  const { t } = useTranslation();
  const [fit, setFit] = useState(true);
  const [broken, setBroken] = useState(false);
  if (broken) return <Empty title={t("artifacts.brokenPicture")}>{t("artifacts.noPreviewHint")}</Empty>;
  return (
    <div className="preview-body">
      <button
        type="button"
        className="preview-picture"
        style={{ inlineSize: "100%" }}
        title={t(fit ? "artifacts.fullSize" : "artifacts.fitted")}
        onClick={() => setFit(!fit)}
      >
        <img
          className={fit ? "fit" : ""}
          src={fileAddress(where, path)}
          alt={nameOf(path)}
          onError={() => setBroken(true)}
        />
      </button>
    </div>
  );
}

/** A page that somebody uploaded: in a frame that is nobody's origin and reaches nothing. Scripts run only when asked to. */
export function Frame({ where, path }: FileProps) {
  const { t } = useTranslation();
  const [scripts, setScripts] = useState(false);
  return (
    <div className="preview-body frame">
      <p className="preview-note plain">
        {t(scripts ? "artifacts.scriptsRun" : "artifacts.scriptsRest")}
        <Button look="plain" onClick={() => setScripts(!scripts)}>
          {t(scripts ? "artifacts.stopScripts" : "artifacts.runScripts")}
        </Button>
      </p>
      <iframe
        key={String(scripts)}
        className="preview-frame"
        title={nameOf(path)}
        src={viewAddress(where, path, scripts)}
        sandbox={scripts ? "allow-scripts" : ""}
        referrerPolicy="no-referrer"
      />
    </div>
  );
}

/** A PDF, in the browser's own reader, which does not start in a sandbox and is one itself. */
export function Pdf({ where, path }: FileProps) {
  return (
    <div className="preview-body">
      <iframe className="preview-frame" title={nameOf(path)} src={viewAddress(where, path)} />
    </div>
  );
}

export function Media({ where, path, film }: FileProps & { film: boolean }) {
  const address = viewAddress(where, path);
  return (
    <div className="preview-body">
      {film ? (
        // biome-ignore lint/a11y/useMediaCaption: an uploaded film has none
        <video className="preview-media" src={address} controls preload="metadata" />
      ) : (
        // biome-ignore lint/a11y/useMediaCaption: an uploaded sound has none
        <audio className="preview-media" src={address} controls preload="metadata" />
      )}
    </div>
  );
}
