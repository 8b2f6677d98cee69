import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { type ExperimentNode, useChangeExperiments } from "../api/experiments";
import { Button } from "../kit/Button";
import { Dialog } from "../kit/Dialog";
import { count } from "../kit/format";
import { useSay } from "../kit/Toast";
import { DescribeDialog } from "./DescribeDialog";
import { NameDialog } from "./NameDialog";
import { experimentsIn, type Place } from "./places";

/** A change that a person has begun: it is asked for in a dialog. */
export type Changing =
  | { do: "create"; folder: string }
  | { do: "rename"; place: Place }
  | { do: "describe"; experiment: ExperimentNode }
  | { do: "delete"; experiments: ExperimentNode[] };

const LISTED = 8;

/** The dialog of a change, and the change itself when it is confirmed. */
export function Change({ change, close }: { change: Changing | null; close: () => void }) {
  const { t } = useTranslation();
  const apply = useChangeExperiments();
  const say = useSay();
  const go = useNavigate();
  if (!change) return null;
  switch (change.do) {
    case "create":
      return (
        <NameDialog
          title={t("experiments.new")}
          hint={t("experiments.newHint")}
          begin={change.folder}
          describe
          action={t("experiments.create")}
          close={close}
          save={async (name, description) => {
            const ids = await apply.mutateAsync({ do: "create", name, description });
            close();
            await go({ to: "/experiments/$ids", params: { ids } });
          }}
        />
      );
    case "rename": {
      const { place } = change;
      const inside = experimentsIn(place);
      return (
        <NameDialog
          title={t("experiments.rename")}
          hint={
            place.places.length > 0
              ? t("experiments.renameFolderHint", { count: inside.length, shown: count(inside.length) })
              : t("experiments.renameHint")
          }
          begin={place.path}
          action={t("experiments.rename")}
          close={close}
          save={async (path) => {
            const changes = inside.map(({ experiment_id, name }) => ({
              id: experiment_id,
              name: path + name.slice(place.path.length),
            }));
            await apply.mutateAsync({ do: "rename", changes });
            close();
            const back = inside.map(({ experiment_id, name }) => ({ id: experiment_id, name }));
            say.done(t("experiments.renamed", { name: path }), () =>
              apply.mutate({ do: "rename", changes: back }, { onError: say.failed }),
            );
          }}
        />
      );
    }
    case "describe":
      return (
        <DescribeDialog
          title={t("experiments.describe")}
          text={change.experiment.description}
          close={close}
          save={async (description) => {
            await apply.mutateAsync({ do: "describe", id: change.experiment.experiment_id, description });
            close();
          }}
        />
      );
    case "delete": {
      const { experiments } = change;
      const ids = experiments.map(({ experiment_id }) => experiment_id);
      const runs = experiments.reduce((sum, one) => sum + one.runs, 0);
      const remove = async () => {
        close();
        try {
          await apply.mutateAsync({ do: "delete", ids });
          say.done(t("experiments.deleted", { count: ids.length, shown: count(ids.length) }), () =>
            apply.mutate({ do: "restore", ids }, { onError: say.failed }),
          );
        } catch (error) {
          say.failed(error);
        }
      };
      return (
        <Dialog
          open
          close={close}
          title={t("experiments.deleteTitle", { count: ids.length, shown: count(ids.length) })}
          hint={t("experiments.deleteHint", { count: runs, shown: count(runs) })}
          actions={
            <>
              <Button onClick={close}>{t("kit.cancel")}</Button>
              <Button look="danger" onClick={remove}>
                {t("experiments.delete")}
              </Button>
            </>
          }
        >
          <ul className="change-list">
            {experiments.slice(0, LISTED).map(({ experiment_id, name }) => (
              <li key={experiment_id} className="cut" title={name}>
                {name}
              </li>
            ))}
            {experiments.length > LISTED && (
              <li className="quiet">{t("experiments.andMore", { count: experiments.length - LISTED })}</li>
            )}
          </ul>
        </Dialog>
      );
    }
  }
}
