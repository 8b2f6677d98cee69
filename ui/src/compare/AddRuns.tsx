import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../api/call";
import { type Run, type RunRow, TABLE } from "../api/types.gen";
import { Button } from "../kit/Button";
import { Field } from "../kit/Field";
import { ago } from "../kit/format";
import { Popover } from "../kit/Popover";
import { Skeleton } from "../kit/Skeleton";
import { Status } from "../kit/Status";

interface Props {
  /** Runs that are compared; others are looked for in their experiments first. */
  runs: readonly Run[];
  chosen: readonly string[];
  add: (id: string) => void;
  remove: (id: string) => void;
}

/** Finds runs by name or by a query, and puts them beside the others. */
export function AddRuns({ runs, chosen, add, remove }: Props) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [text, setText] = useState("");
  const experiments = [...new Set(runs.map(({ info }) => info.experiment_id))];
  const found = useQuery({
    queryKey: ["runs", "to-add", ...experiments, text],
    queryFn: ({ signal }) =>
      call(TABLE, { experiment_ids: experiments, query: text, max_results: 30 }, signal),
    enabled: open,
    placeholderData: (before) => before,
    retry: false,
  });
  return (
    <Popover
      label={t("compare.add")}
      open={open}
      setOpen={setOpen}
      align="end"
      trigger={<Button icon={<Plus aria-hidden="true" />}>{t("compare.add")}</Button>}
    >
      <div className="add-runs">
        <Field
          label={t("compare.findRuns")}
          placeholder={t("compare.findRuns")}
          bare
          type="search"
          value={text}
          onChange={(event) => setText(event.target.value)}
          problem={found.error ? found.error.message.split("\n")[0] : undefined}
        />
        {found.isPending && <Skeleton lines={5} />}
        <ul>
          {(found.data?.rows ?? []).map((row) => (
            <Found
              key={row.run_id}
              row={row}
              on={chosen.includes(row.run_id)}
              toggle={(on) => (on ? add(row.run_id) : remove(row.run_id))}
            />
          ))}
        </ul>
        {found.data && (found.data.rows ?? []).length === 0 && (
          <p className="quiet">{t("compare.nothing")}</p>
        )}
      </div>
    </Popover>
  );
}

function Found({ row, on, toggle }: { row: RunRow; on: boolean; toggle: (on: boolean) => void }) {
  return (
    <li>
      <label className="add-run">
        <input type="checkbox" checked={on} onChange={(event) => toggle(event.target.checked)} />
        <Status status={row.status} bare />
        <span className="cut" title={row.name}>
          {row.name}
        </span>
        <span className="quiet">{ago(row.start_time)}</span>
      </label>
    </li>
  );
}
