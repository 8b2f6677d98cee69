import { useTranslation } from "react-i18next";
import { Empty } from "../kit/Empty";
import { Problem } from "../kit/Problem";
import { Skeleton } from "../kit/Skeleton";
import { tagOf } from "../run/runTags";
import { type SourceText, useSource } from "../run/source/useSource";
import type { Compared } from "./CompareScreen";
import { DiffView } from "./DiffView";
import { patchFiles } from "./diff";
import { Pair, pairOf } from "./Pair";
import type { CompareSearch } from "./search";

interface Props {
  compared: Compared[];
  search: CompareSearch;
  go: (change: Partial<CompareSearch>) => void;
}

/** The programs of two runs: which files differ, and how. */
export function SourceDiff({ compared, search, go }: Props) {
  const { t } = useTranslation();
  const [a, b] = pairOf(compared, search);
  const left = useSource(a?.run_id ?? "", a !== undefined);
  const right = useSource(b?.run_id ?? "", b !== undefined);
  if (!a || !b) return <Empty title={t("compare.needTwo")}>{t("compare.needTwoHint")}</Empty>;
  const failed = left.isError ? left : right.isError ? right : undefined;
  if (failed) return <Problem error={failed.error} retry={() => failed.refetch()} />;
  if (!left.data || !right.data) return <Skeleton lines={8} />;
  const files = changedFiles(left.data, right.data);
  const commits = [a, b].map(({ run }) => tagOf(run, "mlflow.source.git.commit"));
  const path = files.find((file) => file.path === search.path) ?? files[0];
  return (
    <div className="source-diff">
      <div className="compare-tools">
        <Pair compared={compared} search={search} go={go} />
        {commits[0] && commits[1] && (
          <span className="quiet">
            {commits[0] === commits[1]
              ? t("compare.sameCommit", { commit: commits[0].slice(0, 10) })
              : t("compare.otherCommit", { a: commits[0].slice(0, 10), b: commits[1].slice(0, 10) })}
          </span>
        )}
      </div>
      {path === undefined ? (
        <Empty
          title={t(hasText(left.data) && hasText(right.data) ? "compare.sameSource" : "compare.noSource")}
        >
          {!hasText(left.data) || !hasText(right.data) ? t("compare.noSourceHint") : undefined}
        </Empty>
      ) : (
        <div className="source-diff-parts">
          <ul aria-label={t("compare.changedFiles")}>
            {files.map((file) => (
              <li key={file.path}>
                <button
                  type="button"
                  aria-current={file.path === path.path}
                  title={file.path}
                  onClick={() => go({ path: file.path })}
                >
                  <span aria-hidden="true">{file.a === "" ? "+" : file.b === "" ? "−" : "±"}</span>
                  <span className="cut">{file.path}</span>
                </button>
              </li>
            ))}
          </ul>
          <DiffView key={path.path} a={path.a} b={path.b} names={[a.label, b.label]} />
        </div>
      )}
    </div>
  );
}

interface Changed {
  path: string;
  a: string;
  b: string;
}

/** Files that differ; of files that git knows, their patches to the commit. */
function changedFiles(a: SourceText, b: SourceText): Changed[] {
  const found = differing(a.files, b.files, "");
  if (a.patch !== b.patch) found.push(...differing(patchFiles(a.patch), patchFiles(b.patch), " (patch)"));
  return found.sort((one, other) => (one.path < other.path ? -1 : 1));
}

function differing(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>, mark: string): Changed[] {
  return [...new Set([...a.keys(), ...b.keys()])]
    .filter((path) => a.get(path) !== b.get(path))
    .map((path) => ({ path: path + mark, a: a.get(path) ?? "", b: b.get(path) ?? "" }));
}

function hasText({ files, patch }: SourceText): boolean {
  return files.size > 0 || patch !== "";
}
