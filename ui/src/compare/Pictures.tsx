import { Images } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { fileAddress } from "../api/artifacts";
import { isPicture } from "../artifacts/kind";
import { Button } from "../kit/Button";
import { Empty } from "../kit/Empty";
import { Problem } from "../kit/Problem";
import { Select } from "../kit/Select";
import { Skeleton } from "../kit/Skeleton";
import type { Compared } from "./CompareScreen";
import { Pair, pairOf } from "./Pair";
import type { CompareSearch } from "./search";
import { useFiles } from "./useExtras";
import "./Pictures.css";

const WAYS = ["side", "swipe", "onion", "difference"] as const;
type Way = (typeof WAYS)[number];

interface Props {
  compared: Compared[];
  search: CompareSearch;
  go: (change: Partial<CompareSearch>) => void;
}

/** A picture that several runs have: beside each other, or two of them over each other. */
export function Pictures({ compared, search, go }: Props) {
  const { t } = useTranslation();
  const ids = useMemo(() => compared.map(({ run_id }) => run_id), [compared]);
  const files = useFiles(ids);
  const paths = commonPictures(files.map(({ data }) => data?.map(({ path }) => path) ?? []));
  const waiting = files.some(({ isPending }) => isPending);
  const failed = files.find(({ isError }) => isError);
  if (failed && paths.length === 0) return <Problem error={failed.error} retry={() => failed.refetch()} />;
  if (waiting && paths.length === 0) return <Skeleton lines={8} />;
  if (paths.length === 0)
    return (
      <Empty icon={<Images />} title={t("compare.noPictures")}>
        {t("compare.noPicturesHint")}
      </Empty>
    );
  const path = paths.includes(search.path ?? "") ? (search.path ?? "") : (paths[0] ?? "");
  const owners = compared.filter((_, at) => files[at]?.data?.some((file) => file.path === path));
  const [a, b] = pairOf(owners, search);
  const way: Way = b ? (WAYS.find((one) => one === search.how) ?? "side") : "side";
  return (
    <div className="pictures">
      <div className="compare-tools">
        <Select
          label={t("compare.picture")}
          value={path}
          options={paths.map((one) => ({ value: one, label: one }))}
          choose={(one) => go({ path: one })}
        />
        {b && (
          <span className="pictures-ways">
            {WAYS.map((one) => (
              <Button key={one} aria-pressed={way === one} onClick={() => go({ how: one })}>
                {t(`compare.ways.${one}`)}
              </Button>
            ))}
          </span>
        )}
        {way !== "side" && <Pair compared={owners} search={search} go={go} />}
      </div>
      {way === "side" || !a || !b ? (
        <div className="pictures-grid">
          {owners.map(({ run_id, label, colour }) => (
            <figure key={run_id}>
              <figcaption className="cut" title={label}>
                <i className="run-dot" style={{ background: colour }} />
                {label}
              </figcaption>
              <img src={fileAddress({ run_id }, path)} alt={`${path}, ${label}`} loading="lazy" />
            </figure>
          ))}
        </div>
      ) : (
        <Over key={`${a.run_id} ${b.run_id} ${path}`} a={a} b={b} path={path} way={way} />
      )}
    </div>
  );
}

/** Two pictures over each other, with one slider for how much of the upper one is seen. */
function Over({ a, b, path, way }: { a: Compared; b: Compared; path: string; way: Way }) {
  const { t } = useTranslation();
  const [share, setShare] = useState(50);
  const upper =
    way === "swipe"
      ? { clipPath: `inset(0 0 0 ${share}%)` }
      : way === "onion"
        ? { opacity: share / 100 }
        : ({ mixBlendMode: "difference" } as const);
  return (
    <div className="pictures-over">
      <div className="pictures-names">
        <span className="cut">
          <i className="run-dot" style={{ background: a.colour }} />
          {a.label}
        </span>
        <span className="cut">
          <i className="run-dot" style={{ background: b.colour }} />
          {b.label}
        </span>
      </div>
      <div className={`pictures-stage ${way}`}>
        <img src={fileAddress({ run_id: a.run_id }, path)} alt={`${path}, ${a.label}`} />
        <img src={fileAddress({ run_id: b.run_id }, path)} alt={`${path}, ${b.label}`} style={upper} />
        {way === "swipe" && <i className="pictures-edge" style={{ insetInlineStart: `${share}%` }} />}
      </div>
      {way === "difference" ? (
        <p className="quiet">{t("compare.differenceHint")}</p>
      ) : (
        <input
          type="range"
          min="0"
          max="100"
          value={share}
          aria-label={t(way === "swipe" ? "compare.edge" : "compare.opacity")}
          onChange={(event) => setShare(Number(event.target.value))}
        />
      )}
    </div>
  );
}

/** Pictures that two or more runs have, else all of them; those that most have first. */
function commonPictures(all: readonly (readonly string[])[]): string[] {
  const counts = new Map<string, number>();
  for (const paths of all)
    for (const path of paths) if (isPicture(path)) counts.set(path, (counts.get(path) ?? 0) + 1);
  const shared = [...counts].filter(([, count]) => count > 1);
  return (shared.length > 0 ? shared : [...counts])
    .sort(([a, many], [b, others]) => others - many || (a < b ? -1 : 1))
    .map(([path]) => path);
}
