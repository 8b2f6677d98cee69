import { useTranslation } from "react-i18next";
import { useVersionText } from "../api/models";
import type { Run, Version } from "../api/types.gen";
import { CopyButton } from "../kit/Copy";
import { bytes, number } from "../kit/format";
import { Skeleton } from "../kit/Skeleton";
import { type ModelFile, modelFileOf, nativeFlavors } from "../run/model/mlmodel";
import { Signature } from "../run/model/Signature";
import { Usage } from "../run/model/Usage";
import { RunLink } from "./Leaderboard";
import { Serving } from "./Serving";
import "../run/model/Model.css";
import "../run/Pairs.css";

const SHOWN = 12; // metrics beside the facts

/** Source, serving, signature and use of a version. */
export function VersionOverview({ version, run }: { version: Version; run: Run | undefined }) {
  const { t } = useTranslation();
  const text = useVersionText(version.name, version.version, "MLmodel");
  const file = text.data ? parsed(text.data) : null;
  const uri = `models:/${version.name}/${version.version}`;
  const metrics = run?.data.metrics ?? [];
  return (
    <div className="version-overview">
      <section className="version-facts" aria-label={t("models.facts")}>
        <dl>
          <Fact label={t("models.address")}>
            <code className="cut" title={uri}>
              {uri}
            </code>
            <CopyButton text={uri} />
          </Fact>
          <Fact label={t("models.run")}>
            <RunLink run={run} id={version.run_id} />
          </Fact>
          <Fact label={t("models.source")}>
            <code className="cut" title={version.source}>
              {version.source}
            </code>
            <CopyButton text={version.source} />
          </Fact>
          {file && <Fact label={t("models.flavors")}>{nativeFlavors(file).join(", ")}</Fact>}
          {file?.size != null && <Fact label={t("models.size")}>{bytes(file.size)}</Fact>}
        </dl>
        <Serving version={version} />
        {metrics.length > 0 && (
          <>
            <h2>{t("models.metrics")}</h2>
            <dl className="version-metrics">
              {metrics.slice(0, SHOWN).map(({ key, value }) => (
                <div key={key}>
                  <dt className="cut" title={key}>
                    {key}
                  </dt>
                  <dd className="number" title={String(value)}>
                    {number(value)}
                  </dd>
                </div>
              ))}
            </dl>
          </>
        )}
        {file && (
          <>
            <h2>{t("models.signature")}</h2>
            <Signature file={file} />
          </>
        )}
      </section>
      <div className="version-use">
        {text.isPending && <Skeleton lines={6} />}
        {(text.error || text.data === null) && <p className="quiet">{t("models.noFile")}</p>}
        {text.data && !file && <p className="quiet">{t("models.badFile")}</p>}
        {file && (
          <Usage
            model={{ id: uri, name: version.name, uri, path: "", status: "" }}
            place={{ name: version.name, version: version.version }}
            folder=""
            file={file}
          />
        )}
      </div>
    </div>
  );
}

function Fact({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function parsed(text: string): ModelFile | null {
  try {
    return modelFileOf(text);
  } catch {
    return null;
  }
}
