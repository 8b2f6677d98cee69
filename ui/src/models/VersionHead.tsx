import { Link, useNavigate } from "@tanstack/react-router";
import { Ellipsis, GitCompareArrows, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useChangeModel } from "../api/models";
import type { Run, Version } from "../api/types.gen";
import { ago, moment } from "../kit/format";
import { IconButton } from "../kit/IconButton";
import { Menu, MenuItem, MenuLine } from "../kit/Menu";
import { useSay } from "../kit/Toast";
import { Aliases } from "./Aliases";
import { DeleteDialog } from "./DeleteDialog";
import { Note } from "./Note";
import { stageOf } from "./StageBadge";
import { StageMenu } from "./StageMenu";
import { Tags } from "./Tags";
import { usePromotion } from "./usePromotion";

interface Props {
  version: Version;
  all: readonly Version[];
  run: Run | undefined;
}

/** What a version is called and where it stands, and what can be done to it. */
export function VersionHead({ version: one, all, run }: Props) {
  const { t } = useTranslation();
  const { name, version, tags = [], aliases = [], description } = one;
  const { promote, dialog } = usePromotion(name, all);
  const [deleting, setDeleting] = useState(false);
  const change = useChangeModel();
  const say = useSay();
  const go = useNavigate();
  const live = all.find(
    ({ current_stage, version: other, run_id }) =>
      stageOf(current_stage) === "Production" && other !== version && run_id !== "" && run_id !== one.run_id,
  );
  return (
    <header className="model-top">
      <nav aria-label={t("models.trail")} className="model-trail">
        <Link to="/models">{t("shell.models")}</Link>
        <span aria-hidden="true">/</span>
        <Link to="/models/$name" params={{ name }} className="cut" title={name}>
          {name}
        </Link>
      </nav>
      <div className="model-title">
        <h1>{t("models.version", { version })}</h1>
        <StageMenu version={one} promote={promote} />
        <span className="quiet" title={moment(one.creation_timestamp)}>
          {t("models.createdAgo", { ago: ago(one.creation_timestamp) })}
        </span>
        <Menu
          align="end"
          trigger={
            <IconButton label={t("models.actions")}>
              <Ellipsis />
            </IconButton>
          }
        >
          <MenuItem
            icon={<GitCompareArrows />}
            disabled={!live || !run}
            onSelect={() => live && go({ to: "/compare", search: { runs: [live.run_id, one.run_id] } })}
          >
            {t("models.compareLive")}
          </MenuItem>
          <MenuLine />
          <MenuItem danger icon={<Trash2 />} onSelect={() => setDeleting(true)}>
            {t("models.deleteVersion")}
          </MenuItem>
        </Menu>
      </div>
      <div className="model-marks">
        <Aliases version={one} aliases={aliases} all={all} />
        <Tags
          tags={tags.filter(({ key }) => !key.startsWith("hito."))}
          set={(key, value) =>
            change.mutate({ do: "tag", name, version, key, value }, { onError: say.failed })
          }
          drop={(key) => change.mutate({ do: "dropTag", name, version, key }, { onError: say.failed })}
        />
      </div>
      <Note
        text={description ?? ""}
        save={async (description) => {
          await change.mutateAsync({ do: "describe", name, version, description });
        }}
      />
      {dialog}
      {deleting && (
        <DeleteDialog
          title={t("models.deleteTitle", { name: `${name} v${version}` })}
          versions={[one]}
          aliases={aliases}
          close={() => setDeleting(false)}
          remove={async () => {
            await change.mutateAsync({ do: "delete", name, version });
            say.done(t("models.deleted", { name: `${name} v${version}` }));
            await go({ to: "/models/$name", params: { name } });
          }}
        />
      )}
    </header>
  );
}
