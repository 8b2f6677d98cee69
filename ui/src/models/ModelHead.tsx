import { Link, useNavigate } from "@tanstack/react-router";
import { Ellipsis, PenLine, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useChangeModel } from "../api/models";
import type { RegisteredModel, Version } from "../api/types.gen";
import { NameDialog } from "../experiments/NameDialog";
import { ago, moment } from "../kit/format";
import { IconButton } from "../kit/IconButton";
import { Menu, MenuItem, MenuLine } from "../kit/Menu";
import { useSay } from "../kit/Toast";
import { DeleteDialog } from "./DeleteDialog";
import { VersionLink } from "./ModelList";
import { Note } from "./Note";
import { Tags } from "./Tags";

/** Name, aliases, tags and description of a model, and what can be done to it as a whole. */
export function ModelHead({ model, versions }: { model: RegisteredModel; versions: readonly Version[] }) {
  const { t } = useTranslation();
  const { name, aliases = [], tags = [], description } = model;
  const [asked, setAsked] = useState<"rename" | "delete" | null>(null);
  const change = useChangeModel();
  const say = useSay();
  const go = useNavigate();
  return (
    <header className="model-top">
      <nav aria-label={t("models.trail")} className="model-trail">
        <Link to="/models">{t("shell.models")}</Link>
      </nav>
      <div className="model-title">
        <h1 className="cut" title={name}>
          {name}
        </h1>
        <span className="quiet" title={moment(model.last_updated_timestamp)}>
          {t("models.changedAgo", { ago: ago(model.last_updated_timestamp) })}
        </span>
        <Menu
          align="end"
          trigger={
            <IconButton label={t("models.actions")}>
              <Ellipsis />
            </IconButton>
          }
        >
          <MenuItem icon={<PenLine />} onSelect={() => setAsked("rename")}>
            {t("models.rename")}
          </MenuItem>
          <MenuLine />
          <MenuItem danger icon={<Trash2 />} onSelect={() => setAsked("delete")}>
            {t("models.deleteModel")}
          </MenuItem>
        </Menu>
      </div>
      {aliases.length > 0 && (
        <dl className="model-aliases">
          <dt className="quiet">{t("models.aliases")}</dt>
          {aliases.map(({ alias, version }) => (
            <dd key={alias}>
              <span className="cut" title={alias}>
                @{alias}
              </span>
              <VersionLink name={name} version={version} />
            </dd>
          ))}
        </dl>
      )}
      <Tags
        tags={tags}
        set={(key, value) => change.mutate({ do: "tag", name, key, value }, { onError: say.failed })}
        drop={(key) => change.mutate({ do: "dropTag", name, key }, { onError: say.failed })}
      />
      <Note
        text={description ?? ""}
        save={async (description) => {
          await change.mutateAsync({ do: "describe", name, description });
        }}
      />
      {asked === "rename" && (
        <NameDialog
          title={t("models.rename")}
          hint={t("models.renameHint")}
          begin={name}
          action={t("models.rename")}
          close={() => setAsked(null)}
          save={async (to) => {
            await change.mutateAsync({ do: "rename", name, to });
            setAsked(null);
            await go({ to: "/models/$name", params: { name: to }, replace: true });
          }}
        />
      )}
      {asked === "delete" && (
        <DeleteDialog
          title={t("models.deleteTitle", { name })}
          versions={versions}
          aliases={aliases.map(({ alias }) => alias)}
          close={() => setAsked(null)}
          remove={async () => {
            await change.mutateAsync({ do: "delete", name });
            say.done(t("models.deleted", { name }));
            await go({ to: "/models" });
          }}
        />
      )}
    </header>
  );
}
