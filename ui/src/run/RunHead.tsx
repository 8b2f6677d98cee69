import { Link } from "@tanstack/react-router";
import {
  Copy,
  EllipsisVertical,
  FolderDown,
  GitCompareArrows,
  Pencil,
  RotateCcw,
  Trash2,
} from "lucide-react";
import { type KeyboardEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { zipAddress } from "../api/artifacts";
import { useChange } from "../api/run";
import type { Run } from "../api/types.gen";
import { colourOf } from "../chart/colours";
import { Button } from "../kit/Button";
import { IconButton } from "../kit/IconButton";
import { Menu, MenuItem, MenuLine } from "../kit/Menu";
import { Status } from "../kit/Status";
import { useSay } from "../kit/Toast";

/** The run's name, how it stands, and what can be done with it. */
export function RunHead({ run, experiment }: { run: Run; experiment: string }) {
  const { t } = useTranslation();
  const say = useSay();
  const change = useChange();
  const [naming, setNaming] = useState(false);
  const { run_id, run_name, status, experiment_id, lifecycle_stage } = run.info;
  const deleted = lifecycle_stage === "deleted";
  const remove = (gone: boolean) =>
    change.mutate(
      { run_ids: [run_id], action: gone ? "delete" : "restore" },
      {
        onSuccess: () => say.done(t(gone ? "run.deleted" : "run.restored"), () => remove(!gone)),
        onError: say.failed,
      },
    );
  const rename = (value: string, back = false) => {
    setNaming(false);
    const name = value.trim();
    if (!name || (name === run_name && !back)) return;
    change.mutate(
      { run_ids: [run_id], action: "rename", value: name },
      {
        onSuccess: () =>
          back ? undefined : say.done(t("run.renamed", { name }), () => rename(run_name, true)),
        onError: say.failed,
      },
    );
  };
  return (
    <header className="run-head">
      <nav className="run-trail" aria-label={t("run.trail")}>
        <Link to="/experiments/$ids" params={{ ids: experiment_id }} className="cut" title={experiment}>
          {experiment || t("run.experiment", { id: experiment_id })}
        </Link>
      </nav>
      <div className="run-title">
        <i className="run-colour" style={{ background: colourOf(run_id) }} />
        {naming ? (
          <NameField name={run_name} done={rename} />
        ) : (
          <h1 className="cut" title={run_name}>
            {run_name}
          </h1>
        )}
        {!naming && (
          <IconButton label={t("run.rename")} onClick={() => setNaming(true)} disabled={deleted}>
            <Pencil />
          </IconButton>
        )}
        <Status status={status} />
        <span className="run-tools">
          <Link to="/compare" search={{ runs: [run_id] }} className="button outline">
            <GitCompareArrows aria-hidden="true" />
            {t("run.compare")}
          </Link>
          <Menu
            align="end"
            trigger={
              <IconButton label={t("run.actions")} look="outline">
                <EllipsisVertical />
              </IconButton>
            }
          >
            <MenuItem icon={<Pencil />} onSelect={() => setNaming(true)} disabled={deleted}>
              {t("run.rename")}
            </MenuItem>
            <MenuItem
              icon={<Copy />}
              onSelect={() => {
                void navigator.clipboard.writeText(run_id);
                say.done(t("run.idCopied"));
              }}
            >
              {t("run.copyId")}
            </MenuItem>
            <MenuItem icon={<FolderDown />} onSelect={() => location.assign(zipAddress({ run_id }, ""))}>
              {t("run.downloadAll")}
            </MenuItem>
            <MenuLine />
            {deleted ? (
              <MenuItem icon={<RotateCcw />} onSelect={() => remove(false)}>
                {t("run.restore")}
              </MenuItem>
            ) : (
              <MenuItem icon={<Trash2 />} danger onSelect={() => remove(true)}>
                {t("run.delete")}
              </MenuItem>
            )}
          </Menu>
        </span>
      </div>
      {deleted && (
        <p className="run-deleted" role="status">
          {t("run.isDeleted")}
          <Button icon={<RotateCcw />} onClick={() => remove(false)}>
            {t("run.restore")}
          </Button>
        </p>
      )}
    </header>
  );
}

function NameField({ name, done }: { name: string; done: (name: string) => void }) {
  const { t } = useTranslation();
  const left = useRef(false);
  const finish = (value: string) => {
    if (!left.current) done(value);
    left.current = true;
  };
  return (
    <input
      className="input run-name"
      aria-label={t("run.name")}
      defaultValue={name}
      maxLength={250}
      ref={(input) => {
        if (input && document.activeElement !== input) input.select();
      }}
      onBlur={(event) => finish(event.target.value)}
      onKeyDown={(event: KeyboardEvent<HTMLInputElement>) => {
        if (event.key === "Enter") finish(event.currentTarget.value);
        if (event.key === "Escape") finish(name);
      }}
    />
  );
}
