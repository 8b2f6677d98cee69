import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useLiveModels, useModel, useRunsOf, useVersions } from "../api/models";
import { Problem } from "../kit/Problem";
import { Skeleton } from "../kit/Skeleton";
import { Tabs } from "../kit/Tabs";
import { useTitle } from "../kit/useTitle";
import { withAliases } from "./entries";
import { History } from "./History";
import { Lanes } from "./Lanes";
import { ModelHead } from "./ModelHead";
import { Versions } from "./Versions";
import "./ModelScreen.css";

/** A registered model: what it is, its versions beside each other, where they stand, what happened. */
export function ModelScreen() {
  const { t } = useTranslation();
  const { name } = useParams({ from: "/models/$name" });
  const { tab = "versions" } = useSearch({ from: "/models/$name" });
  const go = useNavigate({ from: "/models/$name" });
  const model = useModel(name);
  const versions = useVersions(name);
  const runs = useRunsOf(versions.data ?? []);
  useLiveModels();
  useTitle(name, t("shell.models"));
  if (model.error && !model.data) return <Problem error={model.error} retry={() => model.refetch()} />;
  if (versions.error && !versions.data)
    return <Problem error={versions.error} retry={() => versions.refetch()} />;
  if (!model.data || !versions.data)
    return (
      <div className="page">
        <Skeleton lines={10} />
      </div>
    );
  const all = withAliases(versions.data, model.data.aliases ?? []);
  const known = runs.data ?? new Map();
  return (
    <div className="page model-page">
      <ModelHead model={model.data} versions={all} />
      <Tabs
        label={t("models.parts")}
        value={tab}
        choose={(tab) => go({ search: (old) => ({ ...old, tab }), replace: true })}
        tabs={[
          {
            id: "versions",
            label: t("models.versions"),
            count: all.length,
            content: <Versions name={name} versions={all} runs={known} waiting={runs.isLoading} />,
          },
          { id: "stages", label: t("models.lanes"), content: <Lanes name={name} versions={all} /> },
          { id: "history", label: t("models.history"), content: <History name={name} /> },
        ]}
      />
    </div>
  );
}
