import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useFolder } from "../api/artifacts";
import { useKept } from "../api/run";
import type { Run } from "../api/types.gen";
import { Frame } from "../artifacts/preview/Frames";
import { nameOf } from "../artifacts/tree";
import { colourOf } from "../chart/colours";
import { Evaluations } from "../reports/Evaluations";
import "./Parts.css";

/** What the model is worth: figures from the evaluation's data, and reports that were kept as pages. */
export function Evaluation({ run }: { run: Run }) {
  const { t } = useTranslation();
  const { run_id, run_name } = run.info;
  const where = useMemo(() => ({ run_id }), [run_id]);
  const runs = useMemo(() => [{ run_id, label: run_name, colour: colourOf(run_id) }], [run_id, run_name]);
  const root = useKept(run_id);
  const folder = useFolder(where, "evaluation");
  const pages = [
    ...(root.data?.keys() ?? []),
    ...(folder.data?.pages.flatMap(({ files }) => files.map(({ path }) => path)) ?? []),
  ].filter((path) => /report[^/]*\.html$/i.test(path));
  return (
    <div className="run-evaluation">
      <Evaluations runs={runs} />
      {pages.map((path) => (
        <details key={path} className="run-report">
          <summary>{t("run.report", { name: nameOf(path) })}</summary>
          <Frame where={where} path={path} />
        </details>
      ))}
    </div>
  );
}
