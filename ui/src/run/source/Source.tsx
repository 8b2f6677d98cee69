import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { fileAddress } from "../../api/artifacts";
import { root } from "../../api/call";
import type { Run } from "../../api/types.gen";
import { finder } from "../../artifacts/tree";
import { CopyBlock, CopyButton } from "../../kit/Copy";
import { bytes } from "../../kit/format";
import { Problem } from "../../kit/Problem";
import { Skeleton } from "../../kit/Skeleton";
import { Cut } from "../Cut";
import { shell } from "../model/snippets";
import { commitAddress, tagOf } from "../runTags";
import { Section } from "../Section";
import { Fact } from "../Summary";
import type { Captured } from "./captured";
import { SourceFiles } from "./SourceFiles";
import { REQUIREMENTS, useCaptured } from "./useSource";
import "../Parts.css";
import "./Source.css";

/** Where a run comes from and where it ran: enough to understand it, and to run it again. */
export function Source({ run }: { run: Run }) {
  const { t } = useTranslation();
  const captured = useCaptured(run.info.run_id);
  return (
    <div className="source">
      <div className="source-parts">
        <Program run={run} captured={captured.data} />
        <Again run={run} />
      </div>
      <SourceFiles run={run} />
      {captured.isError && !captured.data && (
        <Problem error={captured.error} retry={() => captured.refetch()} />
      )}
      {captured.isPending && <Skeleton lines={6} />}
      {captured.data && (
        <div className="source-parts">
          <Packages run={run} captured={captured.data} />
          <Machine captured={captured.data} />
        </div>
      )}
      {captured.data && captured.data.leftOut.length > 0 && (
        <details>
          <summary>{t("run.leftOut", { count: captured.data.leftOut.length })}</summary>
          <ul className="source-left">
            {captured.data.leftOut.map((line) => (
              <li key={line} className="mono">
                {line}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

function Program({ run, captured }: { run: Run; captured: Captured | undefined }) {
  const { t } = useTranslation();
  const tag = (key: string) => tagOf(run, key);
  const commit = tag("mlflow.source.git.commit");
  const repository = tag("mlflow.source.git.repoURL");
  const address = commitAddress(repository, commit);
  const command = captured?.command.join(" ") || tag("hito.command");
  const python = captured?.python || tag("hito.python");
  return (
    <section className="card" aria-label={t("run.program")}>
      <h2>{t("run.program")}</h2>
      <dl className="facts">
        {tag("mlflow.source.name") && (
          <Fact name={t("run.sourceName")}>
            <span className="wrap">{tag("mlflow.source.name")}</span>
            <span className="quiet"> · {tag("mlflow.source.type").toLowerCase()}</span>
          </Fact>
        )}
        {command && (
          <Fact name={t("run.command")}>
            <code className="wrap">{command}</code>
            <CopyButton text={command} />
          </Fact>
        )}
        {captured?.folder && (
          <Fact name={t("run.folder")}>
            <code className="wrap">{captured.folder}</code>
          </Fact>
        )}
        {python && <Fact name="Python">{python}</Fact>}
        {commit && (
          <Fact name={t("run.commit")}>
            {address ? (
              <a href={address} target="_blank" rel="noreferrer">
                <code>{commit.slice(0, 12)}</code>
              </a>
            ) : (
              <code>{commit.slice(0, 12)}</code>
            )}
            <CopyButton text={commit} />
            {tag("hito.git.dirty") === "true" && <span className="quiet">{t("run.dirty")}</span>}
          </Fact>
        )}
        {tag("mlflow.source.git.branch") && (
          <Fact name={t("run.branch")}>{tag("mlflow.source.git.branch")}</Fact>
        )}
        {repository && (
          <Fact name={t("run.repository")}>
            <span className="wrap">{repository}</span>
          </Fact>
        )}
      </dl>
      {!commit && !command && !tag("mlflow.source.name") && <p className="quiet">{t("run.noSource")}</p>}
    </section>
  );
}

function Again({ run }: { run: Run }) {
  const { t } = useTranslation();
  const server = location.origin + root.replace(/\/$/, "");
  return (
    <section className="card" aria-label={t("run.again")}>
      <h2>{t("run.again")}</h2>
      <p className="quiet">{t("run.againHint")}</p>
      <CopyBlock text={`hito reproduce ${run.info.run_id} --tracking-uri ${shell(server)}`} />
    </section>
  );
}

function Packages({ run, captured }: { run: Run; captured: Captured }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const rows = useMemo(() => {
    const all = Object.entries({ ...captured.installed, ...captured.imported });
    const fits = finder(text);
    return all
      .filter(([name, version]) => fits(`${name} ${version}`))
      .map(([name, version]) => ({ name, version, used: name in captured.imported }))
      .sort((a, b) => Number(b.used) - Number(a.used) || (a.name < b.name ? -1 : 1));
  }, [captured, text]);
  const size = Object.keys({ ...captured.installed, ...captured.imported }).length;
  return (
    <Section
      title={t("run.packages")}
      size={size}
      find={{ text, set: setText }}
      tools={
        Object.keys(captured.imported).length > 0 && (
          <a href={fileAddress({ run_id: run.info.run_id }, REQUIREMENTS)} download>
            {REQUIREMENTS}
          </a>
        )
      }
    >
      {size === 0 ? (
        <p className="quiet">{t("run.noPackages")}</p>
      ) : (
        <table className="pairs">
          <Cut of={rows} columns={2}>
            {({ name, version, used }) => (
              <tr key={name}>
                <th scope="row">
                  {name}
                  {used && <span className="quiet"> · {t("run.imported")}</span>}
                </th>
                <td className="mono">{version}</td>
              </tr>
            )}
          </Cut>
        </table>
      )}
    </Section>
  );
}

const MACHINE = ["system", "architecture", "libc", "processor", "cores", "memory"] as const;

function Machine({ captured }: { captured: Captured }) {
  const { t } = useTranslation();
  const known = new Map(captured.machine);
  if (known.size === 0 && captured.settings.length === 0 && captured.seeds.length === 0) return null;
  return (
    <section className="section" aria-label={t("run.hardware")}>
      <header>
        <h2>{t("run.hardware")}</h2>
      </header>
      <dl className="facts">
        {MACHINE.filter((key) => known.has(key)).map((key) => (
          <Fact key={key} name={t(`run.machine.${key}`)}>
            {key === "memory" ? bytes(Number(known.get(key))) : known.get(key)}
          </Fact>
        ))}
        {captured.settings.map(([name, value]) => (
          <Fact key={name} name={<code>{name}</code>}>
            {value}
          </Fact>
        ))}
        {captured.seeds.map(([name, value]) => (
          <Fact key={name} name={t("run.seed", { name })}>
            {value}
          </Fact>
        ))}
      </dl>
    </section>
  );
}
