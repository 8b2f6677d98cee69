import { useTranslation } from "react-i18next";
import type { Place } from "../../api/artifacts";
import { Content } from "../../artifacts/preview/Content";

/** The input that was saved as an example. */
export function Example({ place, path }: { place: Place; path: string }) {
  const { t } = useTranslation();
  return (
    <section className="model-example" aria-label={t("run.example")}>
      <h3>{t("run.example")}</h3>
      <div className="model-example-body">
        <Content where={place} path={path} />
      </div>
    </section>
  );
}
