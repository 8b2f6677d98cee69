import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Run } from "../api/types.gen";
import { finder } from "../artifacts/tree";
import { CopyButton } from "../kit/Copy";
import { Cut } from "./Cut";
import { Section } from "./Section";

export function Params({ run }: { run: Run }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const params = useMemo(
    () => [...(run.data.params ?? [])].sort((a, b) => (a.key < b.key ? -1 : 1)),
    [run.data.params],
  );
  const found = useMemo(() => {
    const fits = finder(text);
    return params.filter(({ key, value }) => fits(`${key} ${value}`));
  }, [params, text]);
  return (
    <Section title={t("run.params")} size={params.length} find={{ text, set: setText }}>
      {params.length === 0 ? (
        <p className="quiet">{t("run.noParams")}</p>
      ) : (
        <table className="pairs">
          <thead className="unseen">
            <tr>
              <th scope="col">{t("run.key")}</th>
              <th scope="col">{t("run.value")}</th>
            </tr>
          </thead>
          <Cut of={found} columns={2}>
            {({ key, value }) => (
              <tr key={key}>
                <th scope="row" title={key}>
                  {key}
                </th>
                <td>
                  <span className="pairs-value mono" title={value.length > 60 ? value : undefined}>
                    {value}
                  </span>
                  <span className="pairs-copy">
                    <CopyButton text={value} />
                  </span>
                </td>
              </tr>
            )}
          </Cut>
        </table>
      )}
    </Section>
  );
}
