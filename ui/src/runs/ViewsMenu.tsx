import { Bookmark, BookmarkPlus, Check, Link2, RotateCcw, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { View } from "../api/types.gen";
import { useDeleteView, useSaveView, useViews } from "../api/views";
import { Button } from "../kit/Button";
import { Dialog } from "../kit/Dialog";
import { Field } from "../kit/Field";
import { Menu, MenuItem, MenuLabel, MenuLine, MenuSub } from "../kit/Menu";
import { useSay } from "../kit/Toast";

interface Props {
  scope: string;
  /** The search part of the present address. */
  state: string;
  /** What this browser opens the scope with. */
  own: string;
  open: (state: string) => void;
  setOwn: (state: string) => void;
}

/** Views: what the address says, under a name, for whoever opens these runs; and the one that this browser begins with. */
export function ViewsMenu({ scope, state, own, open, setOwn }: Props) {
  const { t } = useTranslation();
  const say = useSay();
  const views = useViews(scope).data ?? [];
  const save = useSaveView();
  const remove = useDeleteView();
  const [naming, setNaming] = useState(false);
  const current = views.find((view) => view.state === state);
  const saved = (view: { id?: number; name: string }) =>
    save.mutate(
      { scope, name: view.name, state, ...(view.id !== undefined && { id: view.id }) },
      { onSuccess: () => say.done(t("runs.viewSaved", { name: view.name })), onError: say.failed },
    );
  const removed = (view: View) =>
    remove.mutate(view, {
      onSuccess: () =>
        say.done(t("runs.viewDeleted", { name: view.name }), () =>
          save.mutate({ scope, name: view.name, state: view.state }),
        ),
      onError: say.failed,
    });
  return (
    <>
      <Menu
        align="end"
        trigger={
          <Button icon={<Bookmark />} aria-label={t("runs.views")}>
            <span className={current ? "cut view-name" : "wide"}>{current?.name ?? t("runs.views")}</span>
          </Button>
        }
      >
        {views.length > 0 && <MenuLabel>{t("runs.savedViews")}</MenuLabel>}
        {views.map((view) => (
          <MenuSub key={view.id} label={view.name} icon={view.state === state ? <Check /> : undefined}>
            <MenuItem icon={<Bookmark />} onSelect={() => open(view.state)}>
              {t("runs.openView")}
            </MenuItem>
            <MenuItem onSelect={() => saved(view)} disabled={view.state === state}>
              {t("runs.updateView")}
            </MenuItem>
            <MenuItem icon={<Trash2 />} danger onSelect={() => removed(view)}>
              {t("runs.deleteView")}
            </MenuItem>
            {view.owner && <MenuLabel>{t("runs.viewOf", { owner: view.owner })}</MenuLabel>}
          </MenuSub>
        ))}
        {views.length > 0 && <MenuLine />}
        <MenuItem icon={<BookmarkPlus />} onSelect={() => setNaming(true)}>
          {t("runs.saveView")}
        </MenuItem>
        <MenuItem
          icon={<Link2 />}
          onSelect={() => {
            void navigator.clipboard.writeText(location.href);
            say.done(t("runs.linkCopied"));
          }}
        >
          {t("runs.copyLink")}
        </MenuItem>
        <MenuLine />
        <MenuItem
          onSelect={() => setOwn(state)}
          disabled={state === own}
          icon={state === own ? <Check /> : undefined}
        >
          {t("runs.ownView")}
        </MenuItem>
        {own && <MenuItem onSelect={() => setOwn("")}>{t("runs.noOwnView")}</MenuItem>}
        <MenuItem icon={<RotateCcw />} onSelect={() => open("")} disabled={state === ""}>
          {t("runs.resetView")}
        </MenuItem>
      </Menu>
      <NameDialog open={naming} close={() => setNaming(false)} save={(name) => saved({ name })} />
    </>
  );
}

function NameDialog({
  open,
  close,
  save,
}: {
  open: boolean;
  close: () => void;
  save: (name: string) => void;
}) {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  const send = (event: React.FormEvent) => {
    event.preventDefault();
    if (!name.trim()) return;
    save(name.trim());
    setName("");
    close();
  };
  return (
    <Dialog
      open={open}
      close={close}
      title={t("runs.saveView")}
      hint={t("runs.viewHint")}
      actions={
        <Button look="primary" type="submit" form="view-name" disabled={!name.trim()}>
          {t("runs.save")}
        </Button>
      }
    >
      <form id="view-name" onSubmit={send}>
        <Field
          label={t("runs.viewName")}
          value={name}
          onChange={(event) => setName(event.target.value)}
          autoFocus
        />
      </form>
    </Dialog>
  );
}
