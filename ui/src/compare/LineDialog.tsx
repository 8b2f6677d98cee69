import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { CopyButton } from "../kit/Copy";
import { Dialog } from "../kit/Dialog";
import { Select } from "../kit/Select";
import { Skeleton } from "../kit/Skeleton";
import type { Compared } from "./CompareScreen";
import type { Line } from "./lines";
import { written } from "./Value";

const DiffView = lazy(() => import("./DiffView").then((all) => ({ default: all.DiffView })));
const FileDiff = lazy(() => import("./FileDiff").then((all) => ({ default: all.FileDiff })));

interface Props {
  line: Line;
  compared: Compared[];
  base: number;
  close: () => void;
}

/** One line with its values in full; long texts and files are compared with the baseline's. */
export function LineDialog({ line, compared, base, close }: Props) {
  const { t } = useTranslation();
  const others = compared.filter((_, at) => at !== base);
  const first = compared.findIndex((_, at) => at !== base && line.values[at] !== line.values[base]);
  const [other, setOther] = useState(compared[first]?.run_id ?? others[0]?.run_id ?? "");
  const at = compared.findIndex(({ run_id }) => run_id === other);
  const isFile = line.section === "files";
  const long = line.kind === "text" && line.values.some((value) => (value?.length ?? 0) > 60);
  const a = compared[base];
  const b = compared[at];
  return (
    <Dialog open close={close} title={line.key} hint={t(`compare.sections.${line.section}`)} wide>
      <ul className="line-values">
        {compared.map((one, place) => {
          const value = line.values[place] ?? null;
          return (
            <li key={one.run_id}>
              <i className="run-dot" style={{ background: one.colour }} />
              <span className="cut line-run" title={one.label}>
                {one.label}
              </span>
              <span className="mono line-value">
                {value === null ? "–" : line.kind === "text" ? value : `${written(line.kind, value)}`}
                {line.kind === "number" && value !== null && <span className="quiet"> {value}</span>}
              </span>
              {value !== null && <CopyButton text={value} />}
            </li>
          );
        })}
      </ul>
      {(isFile || long) && a && b && (
        <div className="line-diff">
          {others.length > 1 && (
            <Select
              label={t("compare.with")}
              value={other}
              options={others.map(({ run_id, label }) => ({ value: run_id, label }))}
              choose={setOther}
            />
          )}
          <Suspense fallback={<Skeleton lines={6} />}>
            {isFile ? (
              <FileDiff
                path={line.key}
                a={a}
                b={b}
                there={[line.values[base] !== null, line.values[at] !== null]}
              />
            ) : (
              <DiffView a={line.values[base] ?? ""} b={line.values[at] ?? ""} names={[a.label, b.label]} />
            )}
          </Suspense>
        </div>
      )}
    </Dialog>
  );
}
