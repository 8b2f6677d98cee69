import { useTranslation } from "react-i18next";
import { Cut } from "../Cut";
import type { Field, ModelFile } from "./mlmodel";

/** What a model takes and gives, a table each. */
export function Signature({ file }: { file: ModelFile }) {
  const { t } = useTranslation();
  if (!file.inputs && !file.outputs && !file.params) return <p className="quiet">{t("run.noSignature")}</p>;
  return (
    <div className="signature">
      <Fields title={t("run.inputs")} fields={file.inputs} />
      <Fields title={t("run.outputs")} fields={file.outputs} />
      {file.params && file.params.length > 0 && <Fields title={t("run.modelParams")} fields={file.params} />}
    </div>
  );
}

function Fields({ title, fields }: { title: string; fields: Field[] | null }) {
  const { t } = useTranslation();
  return (
    <section>
      <h3>
        {title} {fields && <span className="quiet">{fields.length}</span>}
      </h3>
      {!fields && <p className="quiet">{t("run.unknown")}</p>}
      {fields && (
        <table className="pairs" aria-label={title}>
          <Cut of={fields} columns={2}>
            {({ name, type, required, standard }) => (
              <tr key={name}>
                <th scope="row" title={name}>
                  {name}
                </th>
                <td className="mono">
                  {type}
                  {standard !== undefined ? (
                    <span className="quiet"> = {standard}</span>
                  ) : (
                    !required && <span className="quiet"> · {t("run.optional")}</span>
                  )}
                </td>
              </tr>
            )}
          </Cut>
        </table>
      )}
    </section>
  );
}
