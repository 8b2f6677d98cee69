import { useQuery } from "@tanstack/react-query";
import { Package, PackagePlus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { fetchText, type Place } from "../../api/artifacts";
import type { Run } from "../../api/types.gen";
import { Badge } from "../../kit/Badge";
import { Button } from "../../kit/Button";
import { CopyButton } from "../../kit/Copy";
import { Empty } from "../../kit/Empty";
import { bytes } from "../../kit/format";
import { Problem } from "../../kit/Problem";
import { Select } from "../../kit/Select";
import { Skeleton } from "../../kit/Skeleton";
import type { SavedModel } from "../runTags";
import { Fact } from "../Summary";
import { Example } from "./Example";
import { type ModelFile, modelFileOf, nativeFlavors } from "./mlmodel";
import { Register } from "./Register";
import { Signature } from "./Signature";
import { Usage } from "./Usage";
import "./Model.css";

interface Props {
  run: Run;
  models: SavedModel[];
  chosen: string;
  choose: (id: string) => void;
}

/** The models of a run: what one is, what goes in and comes out, and how it is used. */
export function Model({ run, models, chosen, choose }: Props) {
  const { t } = useTranslation();
  const model = models.find(({ id }) => id === chosen) ?? models[0];
  if (!model)
    return (
      <Empty icon={<Package />} title={t("run.noModel")}>
        {t("run.noModelHint")}
      </Empty>
    );
  return (
    <div className="model">
      {models.length > 1 && (
        <Select
          label={t("run.model")}
          value={model.id}
          options={models.map(({ id, name }) => ({ value: id, label: name === id ? id : `${name} · ${id}` }))}
          choose={choose}
        />
      )}
      <One key={model.id} run={run} model={model} />
    </div>
  );
}

function One({ run, model }: { run: Run; model: SavedModel }) {
  const { t } = useTranslation();
  const place: Place = model.modelId ? { model_id: model.modelId } : { run_id: run.info.run_id };
  const folder = model.path ? `${model.path}/` : "";
  const [registering, setRegistering] = useState(false);
  const file = useQuery({
    queryKey: ["mlmodel", model.uri],
    queryFn: async ({ signal }) =>
      modelFileOf((await fetchText(place, `${folder}MLmodel`, 16 << 20, signal)) ?? ""),
    staleTime: 60_000,
  });
  return (
    <>
      <header className="model-head">
        <h2 className="cut" title={model.name}>
          {model.name}
        </h2>
        {file.data && nativeFlavors(file.data).map((name) => <Badge key={name}>{name}</Badge>)}
        {model.status.endsWith("FAILED") && <Badge tone="bad">{t("run.uploadFailed")}</Badge>}
        <Button look="primary" icon={<PackagePlus />} onClick={() => setRegistering(true)}>
          {t("run.register")}
        </Button>
      </header>
      {file.isError && !file.data && (
        <Problem
          error={
            file.error instanceof SyntaxError
              ? new Error(t("run.badModel", { why: file.error.message }))
              : file.error
          }
          retry={() => file.refetch()}
        />
      )}
      {file.isPending && <Skeleton lines={8} />}
      {file.data && <Known model={model} place={place} folder={folder} file={file.data} />}
      {registering && (
        <Register run={run} model={model} name={model.name} close={() => setRegistering(false)} />
      )}
    </>
  );
}

function Known({
  model,
  place,
  folder,
  file,
}: {
  model: SavedModel;
  place: Place;
  folder: string;
  file: ModelFile;
}) {
  const { t } = useTranslation();
  return (
    <div className="model-parts">
      <div className="model-side">
        <dl className="facts">
          <Fact name={t("run.address")}>
            <code className="cut" title={model.uri}>
              {model.uri}
            </code>
            <CopyButton text={model.uri} />
          </Fact>
          {file.size !== null && <Fact name={t("run.size")}>{bytes(file.size)}</Fact>}
          {file.created && <Fact name={t("run.created")}>{file.created.replace(/\.\d+$/, " UTC")}</Fact>}
          {file.writtenBy && <Fact name={t("run.format")}>MLflow {file.writtenBy}</Fact>}
          {file.metadata.map(([key, value]) => (
            <Fact key={key} name={key}>
              <span className="cut" title={value}>
                {value}
              </span>
            </Fact>
          ))}
        </dl>
        <Signature file={file} />
        {file.flavors.map(({ name, facts }) => (
          <details key={name} className="model-flavor">
            <summary>{name}</summary>
            <dl className="facts">
              {facts.map(([key, value]) => (
                <Fact key={key} name={key}>
                  <span className="mono">{value}</span>
                </Fact>
              ))}
            </dl>
          </details>
        ))}
      </div>
      <div className="model-side">
        <Usage model={model} place={place} folder={folder} file={file} />
        {file.example && <Example place={place} path={folder + file.example} />}
      </div>
    </div>
  );
}
