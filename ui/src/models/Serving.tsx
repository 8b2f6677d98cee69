import { BadgeCheck, Gauge, Snail } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Version } from "../api/types.gen";

/** Set by `hito models serve`: `exact`, `within 1e-6` or `python`. */
const COMPILED = "hito.compiled";

/** How the server answers with this version: compiled and proven equal, or in Python. */
export function Serving({ version }: { version: Version }) {
  const { t } = useTranslation();
  const verdict = version.tags?.find(({ key }) => key === COMPILED)?.value;
  if (!verdict) return null;
  const within = /^within (.+)$/.exec(verdict)?.[1];
  const Sign = verdict === "exact" ? BadgeCheck : within ? Gauge : Snail;
  return (
    <p className={`serving ${verdict === "exact" || within ? "good" : ""}`}>
      <Sign aria-hidden="true" />
      <span>
        {verdict === "exact"
          ? t("models.servedExact")
          : within
            ? t("models.servedWithin", { within })
            : verdict === "python"
              ? t("models.servedPython")
              : verdict}
      </span>
    </p>
  );
}
