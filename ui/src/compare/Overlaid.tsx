import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { finder } from "../artifacts/tree";
import { CurvePanel } from "../chart/CurvePanel";
import { CurveTools } from "../chart/CurveTools";
import type { CurveOptions } from "../chart/shown";
import { Button } from "../kit/Button";
import { Empty } from "../kit/Empty";
import { count } from "../kit/format";
import type { Compared } from "./CompareScreen";

const PAGE = 12;

interface Props {
  compared: Compared[];
  find: string;
  setFind: (text: string) => void;
  options: CurveOptions;
  setOptions: (options: CurveOptions) => void;
}

/** The curves of all runs over each other, a panel for each metric that any of them has. */
export function Overlaid({ compared, find, setFind, options, setOptions }: Props) {
  const { t } = useTranslation();
  const [most, setMost] = useState(PAGE);
  const keys = useMemo(() => metricKeys(compared), [compared]);
  const found = useMemo(() => keys.filter(finder(find)), [keys, find]);
  if (keys.length === 0) return <Empty title={t("compare.noCurves")} />;
  return (
    <div className="overlaid">
      <div className="compare-tools">
        <input
          className="input"
          type="search"
          aria-label={t("compare.find")}
          placeholder={t("compare.find")}
          value={find}
          onChange={(event) => setFind(event.target.value)}
        />
        <CurveTools options={options} change={(change) => setOptions({ ...options, ...change })} />
        <span className="quiet" role="status">
          {t("compare.metrics", { count: found.length, counted: count(found.length) })}
        </span>
      </div>
      {found.length === 0 && <Empty title={t("compare.nothing")} />}
      <div className="overlaid-grid">
        {found.slice(0, most).map((key) => (
          <CurvePanel key={key} runs={compared} keys={[key]} options={options} legend cursorGroup="compare" />
        ))}
      </div>
      {found.length > most && (
        <Button onClick={() => setMost(most + PAGE)}>
          {t("compare.moreMetrics", { count: found.length - most, counted: count(found.length - most) })}
        </Button>
      )}
    </div>
  );
}

/** Metrics that most runs share first: those are worth comparing. */
function metricKeys(compared: readonly Compared[]): string[] {
  const counts = new Map<string, number>();
  for (const { run } of compared)
    for (const key of new Set((run.data.metrics ?? []).map((metric) => metric.key)))
      counts.set(key, (counts.get(key) ?? 0) + 1);
  const system = (key: string) => Number(key.startsWith("system/"));
  return [...counts.keys()].sort(
    (a, b) => system(a) - system(b) || (counts.get(b) ?? 0) - (counts.get(a) ?? 0) || (a < b ? -1 : 1),
  );
}
