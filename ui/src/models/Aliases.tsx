import { AtSign, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useChangeModel } from "../api/models";
import type { Version } from "../api/types.gen";
import { Button } from "../kit/Button";
import { Field } from "../kit/Field";
import { IconButton } from "../kit/IconButton";
import { Popover } from "../kit/Popover";
import { useSay } from "../kit/Toast";
import "../run/Tags.css";

interface Props {
  version: Version;
  aliases: readonly string[];
  all: readonly Version[];
}

/** Names that lead to this version. A name that another one has moves here, and says so. */
export function Aliases({ version: { name, version }, aliases, all }: Props) {
  const { t } = useTranslation();
  const change = useChangeModel();
  const say = useSay();
  const [open, setOpen] = useState(false);
  const [alias, setAlias] = useState("");
  const [problem, setProblem] = useState("");
  const holder = all.find((one) => one.version !== version && one.aliases?.includes(alias.trim()));
  const point = async (alias: string, from: string | undefined) => {
    await change.mutateAsync({ do: "alias", name, alias, version });
    say.done(t("models.aliasSet", { alias, version }), () =>
      change.mutate(from ? { do: "alias", name, alias, version: from } : { do: "dropAlias", name, alias }, {
        onError: say.failed,
      }),
    );
  };
  const submit = async (event: React.FormEvent) => {
    event.preventDefault();
    try {
      await point(alias.trim(), holder?.version);
      setOpen(false);
      setAlias("");
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  const drop = (alias: string) =>
    change.mutate(
      { do: "dropAlias", name, alias },
      {
        onSuccess: () =>
          say.done(t("models.aliasGone", { alias }), () =>
            change.mutate({ do: "alias", name, alias, version }, { onError: say.failed }),
          ),
        onError: say.failed,
      },
    );
  return (
    <ul className="model-aliases tags" aria-label={t("models.aliases")}>
      {aliases.map((alias) => (
        <li key={alias} className="tag">
          <span className="tag-text cut" title={alias}>
            @{alias}
          </span>
          <IconButton label={t("models.dropAlias", { alias })} onClick={() => drop(alias)}>
            <X />
          </IconButton>
        </li>
      ))}
      <li>
        <Popover
          label={t("models.addAlias")}
          open={open}
          setOpen={setOpen}
          trigger={
            <Button look="plain" icon={<AtSign />} className="tag-add">
              {t("models.addAlias")}
            </Button>
          }
        >
          <form className="tag-form" onSubmit={submit}>
            <Field
              label={t("models.alias")}
              value={alias}
              problem={problem || undefined}
              onChange={(event) => {
                setAlias(event.target.value);
                setProblem("");
              }}
            />
            {holder && <p className="quiet">{t("models.aliasMoves", { version: holder.version })}</p>}
            <Button type="submit" look="primary" disabled={!alias.trim()}>
              {holder ? t("models.aliasMove") : t("kit.save")}
            </Button>
          </form>
        </Popover>
      </li>
    </ul>
  );
}
