import { useTranslation } from "react-i18next";
import { bytes, duration, moment, number, percent } from "../kit/format";
import { Status } from "../kit/Status";
import { type Delta, type Direction, deltaOf } from "./best";
import type { Line, LineKind } from "./lines";

interface Props {
  line: Line;
  at: number;
  base: number;
  dim: boolean;
  best: boolean;
  direction: Direction;
}

/** A value in a comparison: as it is written, and how it stands to the baseline's. */
export function Value({ line, at, base, dim, best, direction }: Props) {
  const { t } = useTranslation();
  const value = line.values[at] ?? null;
  const same = at !== base && value === (line.values[base] ?? null);
  if (value === null)
    return (
      <span className="value-none" title={t("compare.missing")}>
        –<span className="unseen">{t("compare.missing")}</span>
      </span>
    );
  if (dim && same)
    return (
      <span className="value-same" title={written(line.kind, value)}>
        =<span className="unseen">{t("compare.same")}</span>
      </span>
    );
  const delta =
    line.kind === "number" && at !== base
      ? deltaOf(line.numbers[at] ?? null, line.numbers[base] ?? null, direction)
      : null;
  return (
    <>
      {best && (
        <span className="value-best" title={t("compare.best")}>
          ★<span className="unseen">{t("compare.best")}</span>
        </span>
      )}
      {line.kind === "status" ? (
        <Status status={value} />
      ) : (
        <span className={`cut ${line.differs && !same ? "value-other" : ""}`} title={value.slice(0, 2000)}>
          {written(line.kind, value)}
        </span>
      )}
      {delta && delta.verdict !== "equal" && <Change delta={delta} />}
    </>
  );
}

/** By how much, with a sign, and a mark that says better or worse without its colour. */
function Change({ delta }: { delta: Delta }) {
  const { t } = useTranslation();
  const sign = delta.by > 0 ? "+" : "−";
  const mark = delta.verdict === "better" ? "▲" : delta.verdict === "worse" ? "▽" : "";
  const share = delta.share === null ? "" : ` (${sign}${percent(Math.abs(delta.share))})`;
  const word =
    delta.verdict === "unknown" ? "" : t(delta.verdict === "better" ? "compare.isBetter" : "compare.isWorse");
  return (
    <span className={`value-delta ${delta.verdict}`} title={`${sign}${Math.abs(delta.by)}${share} ${word}`}>
      {sign}
      {number(Math.abs(delta.by), 3)}
      {mark && <span aria-hidden="true"> {mark}</span>}
      {word && <span className="unseen"> {word}</span>}
    </span>
  );
}

export function written(kind: LineKind, value: string): string {
  const n = Number(value);
  if (kind === "number") return number(value);
  if (kind === "moment") return moment(n);
  if (kind === "duration") return duration(n);
  if (kind === "bytes") return bytes(n);
  return value.length > 300 ? `${value.slice(0, 300)}…` : value;
}
