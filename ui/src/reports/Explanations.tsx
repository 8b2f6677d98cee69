import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Bars } from "../chart/Bars";
import { ChartCard } from "../chart/ChartCard";
import { ChartEmpty } from "../chart/ChartState";
import { ShowTable } from "../chart/ShowTable";
import type { ShownRun } from "../chart/shown";
import { useSvgSaving } from "../chart/useSvgSaving";
import { count, number } from "../kit/format";
import { Select } from "../kit/Select";
import { Beeswarm } from "./Beeswarm";
import type { Shap } from "./evaluation";
import { useExplanations } from "./useEvaluations";

const MOST = 15;

/** Which columns move the model's answers, by SHAP; bars side by side, and each run's swarm. */
export function Explanations({ runs }: { runs: readonly ShownRun[] }) {
  const { t } = useTranslation();
  const { found, problems } = useExplanations(runs);
  const [chosen, setChosen] = useState("");
  const [look, setLook] = useState<"swarm" | "bars">("swarm");
  if (found.length === 0)
    return problems.length > 0 ? (
      <p className="report-note">{t("reports.unreadable", { name: problems[0]?.run.label })}</p>
    ) : null;
  const outputs = [...new Set(found.flatMap(({ shap }) => shap.outputs))];
  const output = outputs.includes(chosen) ? chosen : (outputs.at(-1) ?? "");
  return (
    <section className="report-part" aria-labelledby="report-shap">
      <header>
        <h3 id="report-shap">{t("reports.shap")}</h3>
        {outputs.length > 1 && (
          <Select
            label={t("reports.class")}
            value={output}
            options={outputs.map((value) => ({ value, label: value || "–" }))}
            choose={setChosen}
          />
        )}
        <Select
          label={t("reports.look")}
          value={look}
          options={[
            { value: "swarm", label: t("reports.swarm") },
            { value: "bars", label: t("reports.bars") },
          ]}
          choose={setLook}
        />
      </header>
      <div className="report-figures wide">
        {found.map(({ run, shap }) => (
          <Importance key={run.run_id} run={run} shap={shap} output={output} look={look} />
        ))}
      </div>
    </section>
  );
}

interface Props {
  run: ShownRun;
  shap: Shap;
  output: string;
  look: "swarm" | "bars";
}

function Importance({ run, shap, output, look }: Props) {
  const { t } = useTranslation();
  const body = useRef<HTMLDivElement>(null);
  const which = Math.max(0, shap.outputs.indexOf(output));
  const importance = shap.importance[which] ?? [];
  const ranked = importance
    .map((value, feature) => ({ feature, value, name: shap.features[feature] ?? "" }))
    .sort((one, other) => other.value - one.value);
  const shown = ranked.slice(0, MOST);
  const save = useSvgSaving(body, run.label, () => ({
    head: [t("reports.feature"), "mean_abs_shap"],
    rows: ranked.map(({ name, value }) => [name, value]),
  }));
  return (
    <ChartCard
      title={run.label}
      note={t("reports.shapNote", { method: shap.method, rows: count(shap.rows) })}
      height={Math.max(200, shown.length * 24 + 40)}
      save={save}
      bodyRef={body}
      table={() => (
        <ShowTable
          caption={t("reports.shap")}
          head={[t("reports.feature"), t("reports.meanShap")]}
          rows={ranked.map(({ name, value }) => ({ key: name, cells: [name, number(value, 4)] }))}
        />
      )}
    >
      {(height) => {
        if (shown.length === 0) return <ChartEmpty height={height}>{t("reports.noShap")}</ChartEmpty>;
        if (look === "swarm" && (shap.values[which]?.length ?? 0) > 0)
          return (
            <Beeswarm
              shap={shap}
              output={which}
              features={shown.map(({ feature }) => feature)}
              height={height}
              label={run.label}
            />
          );
        return (
          <Bars
            label={run.label}
            height={height}
            bars={shown.map(({ name, value }) => ({ key: name, label: name, value, colour: run.colour }))}
          />
        );
      }}
    </ChartCard>
  );
}
