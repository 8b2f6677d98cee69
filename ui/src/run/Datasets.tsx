import { Database } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Run } from "../api/types.gen";
import { Badge } from "../kit/Badge";
import { CopyButton } from "../kit/Copy";
import { Empty } from "../kit/Empty";
import { count, number } from "../kit/format";
import { Cut } from "./Cut";
import { type Data, dataOf } from "./datasets";
import { Fact } from "./Summary";
import "./Parts.css";

/** What a run was trained and tested on. */
export function Datasets({ run }: { run: Run }) {
  const { t } = useTranslation();
  const inputs = run.inputs?.dataset_inputs ?? [];
  if (inputs.length === 0)
    return (
      <Empty icon={<Database />} title={t("run.noDatasets")}>
        {t("run.noDatasetsHint")}
      </Empty>
    );
  return (
    <div className="run-datasets">
      {inputs.map(dataOf).map((data) => (
        <Card key={`${data.name} ${data.digest} ${data.context}`} data={data} />
      ))}
    </div>
  );
}

/** What datasets are known to say of themselves; other names stand as they are. */
const KNOWN = ["num_rows", "num_elements", "missing", "mean", "std", "min", "max", "distinct"] as const;

function said(value: number | string | undefined): string {
  return typeof value === "number" ? number(value, 4) : (value ?? "");
}

function Card({ data }: { data: Data }) {
  const { t } = useTranslation();
  const known = (name: string) => {
    const key = KNOWN.find((one) => one === name);
    return key ? t(`run.figures.${key}`) : name;
  };
  return (
    <section className="card" aria-label={data.name}>
      <header>
        <h2 className="cut" title={data.name}>
          {data.name}
        </h2>
        {data.context && <Badge tone="accent">{data.context}</Badge>}
      </header>
      <dl className="facts">
        <Fact name={t("run.digest")}>
          <code className="cut">{data.digest}</code>
          <CopyButton text={data.digest} />
        </Fact>
        {data.source && (
          <Fact name={t("run.comesFrom")}>
            <span className="cut" title={data.source}>
              {data.source}
            </span>
            <span className="quiet"> · {data.sourceType}</span>
          </Fact>
        )}
        {data.profile.map(([key, value]) => (
          <Fact key={key} name={known(key)}>
            {/^\d+$/.test(value) ? count(Number(value)) : value}
          </Fact>
        ))}
      </dl>
      {data.columns.length > 0 && (
        <details>
          <summary>{t("run.columns", { count: data.columns.length })}</summary>
          <div className="run-scroll">
            <table className="pairs dataset-columns">
              {data.figures.length > 0 && (
                <thead>
                  <tr>
                    <th scope="col">{t("run.column")}</th>
                    <th scope="col">{t("run.type")}</th>
                    {data.figures.map((figure) => (
                      <th key={figure} scope="col" className="number">
                        {known(figure)}
                      </th>
                    ))}
                  </tr>
                </thead>
              )}
              <Cut of={data.columns} columns={2 + data.figures.length}>
                {({ name, type, required, figures }) => (
                  <tr key={name}>
                    <th scope="row" title={name}>
                      {name}
                    </th>
                    <td className="mono">
                      {type}
                      {!required && <span className="quiet"> · {t("run.optional")}</span>}
                    </td>
                    {data.figures.map((figure) => (
                      <td key={figure} className="number">
                        {said(figures[figure])}
                      </td>
                    ))}
                  </tr>
                )}
              </Cut>
            </table>
          </div>
        </details>
      )}
    </section>
  );
}
