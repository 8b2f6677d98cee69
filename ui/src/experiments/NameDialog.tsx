import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../kit/Button";
import { Dialog } from "../kit/Dialog";
import { Field } from "../kit/Field";
import { Text } from "../kit/Text";
import "./NameDialog.css";

interface Props {
  title: string;
  hint: string;
  begin: string;
  action: string;
  /** Whether a description is asked for, too. */
  describe?: boolean;
  close: () => void;
  /** Saves; what it throws is shown below the name. */
  save: (name: string, description: string) => Promise<void>;
}

/** Asks for a name, and says in the server's words why one cannot be. */
export function NameDialog({ title, hint, begin, action, describe = false, close, save }: Props) {
  const { t } = useTranslation();
  const [name, setName] = useState(begin);
  const [description, setDescription] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async (event: React.FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await save(name.trim(), description.trim());
    } catch (error) {
      setProblem((error instanceof Error && error.message) || t("kit.unreachable"));
      setBusy(false);
    }
  };
  return (
    <Dialog open close={close} title={title} hint={hint}>
      <form className="name-dialog" onSubmit={submit}>
        <Field
          label={t("experiments.name")}
          value={name}
          problem={problem || undefined}
          onChange={(event) => {
            setName(event.target.value);
            setProblem("");
          }}
        />
        {describe && (
          <Text label={t("experiments.description")} rows={3} value={description} change={setDescription} />
        )}
        <footer>
          <Button onClick={close}>{t("kit.cancel")}</Button>
          <Button look="primary" type="submit" disabled={busy || !name.trim() || name.trim() === begin}>
            {action}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
