import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { useModelNames, useRegister } from "../../api/run";
import type { Run } from "../../api/types.gen";
import { Button } from "../../kit/Button";
import { Dialog } from "../../kit/Dialog";
import { Field } from "../../kit/Field";
import { useSay } from "../../kit/Toast";
import type { SavedModel } from "../runTags";

interface Props {
  run: Run;
  model: SavedModel;
  /** What is proposed as its name. */
  name: string;
  close: () => void;
}

/** Makes a model a version of a registered one: of a name that is there, or of a new one. */
export function Register({ run, model, name, close }: Props) {
  const { t } = useTranslation();
  const say = useSay();
  const navigate = useNavigate();
  const register = useRegister();
  const list = useId();
  const [text, setText] = useState(name);
  const names = useModelNames(text.trim(), true);
  const fresh = !names.data?.includes(text.trim());
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const description = String(new FormData(event.currentTarget).get("description") ?? "");
    const source = model.modelId ? model.uri : `${run.info.artifact_uri.replace(/\/$/, "")}/${model.path}`;
    register.mutate(
      {
        name: text.trim(),
        fresh,
        source,
        runId: run.info.run_id,
        description,
        ...(model.modelId ? { modelId: model.modelId } : {}),
      },
      {
        onSuccess: ({ name, version }) => {
          close();
          say.done(t("run.registered", { name, version }));
          void navigate({ to: "/models/$name/versions/$version", params: { name, version } });
        },
      },
    );
  };
  return (
    <Dialog open close={close} title={t("run.register")} hint={t("run.registerHint")}>
      <form className="register" onSubmit={submit}>
        <Field
          label={t("run.registeredName")}
          value={text}
          onChange={(event) => setText(event.target.value)}
          list={list}
          required
          maxLength={250}
          problem={register.error ? register.error.message : undefined}
        />
        <datalist id={list}>
          {names.data?.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
        {text.trim() && names.data && (
          <p className="quiet">{t(fresh ? "run.newModel" : "run.nextVersion", { name: text.trim() })}</p>
        )}
        <Field label={t("run.description")} name="description" />
        <footer>
          <Button onClick={close}>{t("run.cancel")}</Button>
          <Button
            look="primary"
            type="submit"
            disabled={!text.trim() || names.isPending || register.isPending}
          >
            {t("run.register")}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
