import { useNavigate, useSearch } from "@tanstack/react-router";
import { useDeferredValue, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useExperiments } from "../api/experiments";
import { useDeletedRuns } from "../api/trash";
import { Field } from "../kit/Field";
import { Tabs } from "../kit/Tabs";
import { useKeys } from "../kit/useKeys";
import { useTitle } from "../kit/useTitle";
import { DeletedExperiments } from "./DeletedExperiments";
import { DeletedRuns } from "./DeletedRuns";
import "./TrashScreen.css";

/** What was deleted and can be brought back. Only `hito gc` on the server's machine removes it for good. */
export function TrashScreen() {
  const { t } = useTranslation();
  const { tab = "experiments", q = "" } = useSearch({ from: "/trash" });
  const go = useNavigate({ from: "/trash" });
  const field = useRef<HTMLInputElement>(null);
  const text = useDeferredValue(q);
  const experiments = useExperiments("DELETED_ONLY");
  const runs = useDeletedRuns(text);
  useTitle(t("shell.trash"));
  useKeys(t("shell.trash"), [{ keys: "/", label: t("trash.search"), run: () => field.current?.select() }]);
  return (
    <div className="page">
      <header className="trash-head">
        <div>
          <h1>{t("shell.trash")}</h1>
          <p className="quiet">{t("trash.hint")}</p>
        </div>
        <Field
          ref={field}
          bare
          type="search"
          label={t("trash.search")}
          placeholder={t("trash.search")}
          value={q}
          onChange={(event) => {
            const q = event.target.value;
            return go({ search: ({ tab }) => ({ ...(tab && { tab }), ...(q && { q }) }), replace: true });
          }}
        />
      </header>
      <Tabs
        label={t("trash.parts")}
        value={tab}
        choose={(tab) =>
          go({ search: ({ q }) => ({ ...(q && { q }), ...(tab === "runs" && { tab }) }), replace: true })
        }
        tabs={[
          {
            id: "experiments",
            label: t("shell.experiments"),
            count: experiments.data?.length,
            content: <DeletedExperiments experiments={experiments} text={text} />,
          },
          { id: "runs", label: t("shell.runs"), content: <DeletedRuns runs={runs} /> },
        ]}
      />
    </div>
  );
}
