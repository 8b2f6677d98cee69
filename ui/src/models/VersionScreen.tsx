import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useLiveModels, useModel, useRunsOf, useVersion, useVersions } from "../api/models";
import { Artifacts } from "../artifacts/Artifacts";
import { Problem } from "../kit/Problem";
import { Skeleton } from "../kit/Skeleton";
import { Tabs } from "../kit/Tabs";
import { useTitle } from "../kit/useTitle";
import { withAliases } from "./entries";
import { VersionHead } from "./VersionHead";
import { VersionOverview } from "./VersionOverview";
import "./ModelScreen.css";
import "./VersionScreen.css";

const FROM = "/models/$name/versions/$version";

/** One version: where it came from, where it stands, how it is used and served, its files. */
export function VersionScreen() {
  const { t } = useTranslation();
  const { name, version } = useParams({ from: FROM });
  const { tab = "overview", path = "" } = useSearch({ from: FROM });
  const go = useNavigate({ from: FROM });
  const one = useVersion(name, version);
  const all = useVersions(name);
  const model = useModel(name);
  const runs = useRunsOf(one.data ? [one.data] : []);
  useLiveModels();
  useTitle(`${name} v${version}`, t("shell.models"));
  if (one.error && !one.data) return <Problem error={one.error} retry={() => one.refetch()} />;
  if (!one.data)
    return (
      <div className="page">
        <Skeleton lines={10} />
      </div>
    );
  return (
    <div className="page model-page version-page">
      <VersionHead
        version={one.data}
        all={withAliases(all.data ?? [], model.data?.aliases ?? [])}
        run={runs.data?.get(one.data.run_id)}
      />
      <Tabs
        label={t("models.parts")}
        value={tab}
        choose={(tab) => go({ search: (old) => ({ ...old, tab }), replace: true })}
        tabs={[
          {
            id: "overview",
            label: t("models.overview"),
            content: <VersionOverview version={one.data} run={runs.data?.get(one.data.run_id)} />,
          },
          {
            id: "files",
            label: t("models.files"),
            content: (
              <Artifacts
                where={{ name, version }}
                path={path}
                setPath={(path) => go({ search: { tab: "files", path }, replace: true })}
              />
            ),
          },
        ]}
      />
    </div>
  );
}
