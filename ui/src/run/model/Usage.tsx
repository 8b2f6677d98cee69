import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { fetchText, type Place } from "../../api/artifacts";
import { root } from "../../api/call";
import { Button } from "../../kit/Button";
import { CopyBlock } from "../../kit/Copy";
import type { SavedModel } from "../runTags";
import { type ModelFile, nativeFlavors } from "./mlmodel";
import { type Dialect, snippets } from "./snippets";

/** A request that is longer than this is nothing to paste. */
const SHORT = 1_500;

interface Props {
  model: SavedModel;
  place: Place;
  folder: string;
  file: ModelFile;
}

/** How a model is loaded, asked, served and taken away, in hito's words or MLflow's. */
export function Usage({ model, place, folder, file }: Props) {
  const { t } = useTranslation();
  const [dialect, setDialect] = useState<Dialect>("hito");
  const example = useQuery({
    queryKey: ["serving-example", model.uri],
    queryFn: ({ signal }) => fetchText(place, folder + file.servingExample, SHORT, signal),
    enabled: file.servingExample !== "",
    staleTime: Infinity,
  });
  const server = location.origin + root.replace(/\/$/, "");
  const text = snippets(dialect, {
    uri: model.uri,
    server,
    flavors: nativeFlavors(file),
    request: compact(example.data),
  });
  const parts = [
    ["load", text.load],
    ["native", text.native],
    ["predict", text.predict],
    ["serve", text.serve],
    ["ask", text.ask],
    ["take", text.take],
  ] as const;
  return (
    <section className="usage" aria-label={t("run.use")}>
      <header>
        <h3>{t("run.use")}</h3>
        {(["hito", "mlflow"] as const).map((one) => (
          <Button key={one} aria-pressed={dialect === one} onClick={() => setDialect(one)}>
            {one}
          </Button>
        ))}
      </header>
      {parts.map(
        ([name, lines]) =>
          lines && (
            <div key={name} className="usage-part">
              <h4>{t(`run.usage.${name}`)}</h4>
              <CopyBlock text={lines} />
            </div>
          ),
      )}
    </section>
  );
}

function compact(text: string | null | undefined): string | null {
  try {
    return text ? JSON.stringify(JSON.parse(text)) : null;
  } catch {
    return null;
  }
}
