import { useNavigate, useSearch } from "@tanstack/react-router";
import { Box } from "lucide-react";
import { useDeferredValue, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useLiveModels, useModels } from "../api/models";
import { Button } from "../kit/Button";
import { CopyBlock } from "../kit/Copy";
import { Empty } from "../kit/Empty";
import { Field } from "../kit/Field";
import { Problem } from "../kit/Problem";
import { Skeleton } from "../kit/Skeleton";
import { useKeys } from "../kit/useKeys";
import { useTitle } from "../kit/useTitle";
import { ModelList } from "./ModelList";
import "./ModelsScreen.css";

const REGISTER = `hito.sklearn.log_model(model, name="model", registered_model_name="churn")`;

/** All registered models, those that changed last first. */
export function ModelsScreen() {
  const { t } = useTranslation();
  const { q = "" } = useSearch({ from: "/models" });
  const go = useNavigate({ from: "/models" });
  const field = useRef<HTMLInputElement>(null);
  const text = useDeferredValue(q.trim());
  const models = useModels(text);
  useLiveModels();
  useTitle(t("shell.models"));
  useKeys(t("shell.models"), [{ keys: "/", label: t("models.search"), run: () => field.current?.select() }]);
  const all = models.data?.pages.flatMap((page) => page.registered_models ?? []);
  if (models.error && !all) return <Problem error={models.error} retry={() => models.refetch()} />;
  return (
    <div className="page">
      <header className="models-head">
        <h1>{t("shell.models")}</h1>
        <Field
          ref={field}
          bare
          type="search"
          label={t("models.search")}
          placeholder={t("models.search")}
          value={q}
          onChange={(event) => {
            const q = event.target.value;
            return go({ search: q ? { q } : {}, replace: true });
          }}
        />
      </header>
      {!all && <Skeleton lines={8} />}
      {all?.length === 0 &&
        (text ? (
          <Empty title={t("models.none")}>
            <p>{t("models.noneHint", { text: q })}</p>
          </Empty>
        ) : (
          <Empty icon={<Box />} title={t("models.first")}>
            <p>{t("models.firstHint")}</p>
            <CopyBlock text={REGISTER} />
          </Empty>
        ))}
      {all && all.length > 0 && <ModelList models={all} />}
      {models.hasNextPage && (
        <p className="models-more">
          <Button onClick={() => models.fetchNextPage()} disabled={models.isFetchingNextPage}>
            {t("models.more")}
          </Button>
        </p>
      )}
    </div>
  );
}
