import { useTranslation } from "react-i18next";
import { Select } from "../kit/Select";
import type { Compared } from "./CompareScreen";
import type { CompareSearch } from "./search";

interface Props {
  compared: Compared[];
  search: CompareSearch;
  go: (change: Partial<CompareSearch>) => void;
}

/** Which two runs are laid beside or over each other. */
export function Pair({ compared, search, go }: Props) {
  const { t } = useTranslation();
  const [a, b] = pairOf(compared, search);
  const options = compared.map(({ run_id, label }) => ({ value: run_id, label }));
  if (!a || !b) return null;
  return (
    <>
      <Select
        label={t("compare.base")}
        value={a.run_id}
        options={options}
        choose={(base) => go(base === b.run_id ? { base, with: a.run_id } : { base })}
      />
      <Select
        label={t("compare.with")}
        value={b.run_id}
        options={options.filter(({ value }) => value !== a.run_id)}
        choose={(other) => go({ with: other })}
      />
    </>
  );
}

/** The baseline, and the run that was chosen beside it, or else the next one. */
export function pairOf(
  compared: readonly Compared[],
  { base, with: other }: Pick<CompareSearch, "base" | "with">,
): [Compared | undefined, Compared | undefined] {
  const a = compared.find(({ run_id }) => run_id === base) ?? compared[0];
  const b =
    compared.find(({ run_id }) => run_id === other && run_id !== a?.run_id) ??
    compared.find((one) => one !== a);
  return [a, b];
}
