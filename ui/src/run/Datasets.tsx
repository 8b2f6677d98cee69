import { Database } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Run } from "../api/types.gen";
import { Badge } from "../kit/Badge";
import { CopyButton } from "../kit/Copy";
import { Empty } from "../kit/Empty";
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

function Card({ data }: { data: Data }) {
  const { t } = useTranslation();
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
          <Fact key={key} name={key}>
            {value}
          </Fact>
        ))}
      </dl>
      {data.columns.length > 0 && (
        <details>
          <summary>{t("run.columns", { count: data.columns.length })}</summary>
          <table className="pairs">
            <Cut of={data.columns} columns={2}>
              {({ name, type, required }) => (
                <tr key={name}>
                  <th scope="row" title={name}>
                    {name}
                  </th>
                  <td className="mono">
                    {type}
                    {!required && <span className="quiet"> · {t("run.optional")}</span>}
                  </td>
                </tr>
              )}
            </Cut>
          </table>
        </details>
      )}
    </section>
  );
}
