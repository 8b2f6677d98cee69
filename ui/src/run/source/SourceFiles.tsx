import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Run } from "../../api/types.gen";
import { Code } from "../../artifacts/Code";
import { shownAs } from "../../artifacts/kind";
import { Problem } from "../../kit/Problem";
import { Skeleton } from "../../kit/Skeleton";
import { useSource } from "./useSource";

/** The program's text as it was: files that were kept, and what differs from the commit. */
export function SourceFiles({ run }: { run: Run }) {
  const { t } = useTranslation();
  const source = useSource(run.info.run_id);
  const [chosen, setChosen] = useState<string>();
  if (source.isError && !source.data) return <Problem error={source.error} retry={() => source.refetch()} />;
  if (!source.data) return <Skeleton lines={4} />;
  const { files, patch } = source.data;
  const texts = new Map([...(patch ? [[t("run.patch"), patch] as const] : []), ...files]);
  if (texts.size === 0) return null;
  const shown = chosen && texts.has(chosen) ? chosen : [...texts.keys()][0];
  if (shown === undefined) return null;
  const isPatch = patch !== "" && shown === t("run.patch");
  return (
    <section className="source-files" aria-label={t("run.sourceText")}>
      <ul>
        {[...texts.keys()].map((path) => (
          <li key={path}>
            <button type="button" aria-current={path === shown} onClick={() => setChosen(path)} title={path}>
              <span className="cut">{path}</span>
            </button>
          </li>
        ))}
      </ul>
      <Code
        text={texts.get(shown) ?? ""}
        language={isPatch ? "diff" : shownAs(shown).language}
        numbered
        label={shown}
      />
    </section>
  );
}
