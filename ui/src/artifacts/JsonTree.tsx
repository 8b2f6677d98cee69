import { ChevronDown, ChevronRight } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { type JsonRow, jsonRows, openedFirst } from "./jsonRows";
import { VirtualTree } from "./VirtualTree";

/** A JSON value to open part by part. */
export function JsonTree({ value, label }: { value: unknown; label: string }) {
  const [open, setOpen] = useState<ReadonlySet<string>>(() => openedFirst(value));
  const [selected, setSelected] = useState<string>();
  const rows = useMemo(() => jsonRows(value, open), [value, open]);
  const toggle = (row: JsonRow) => {
    if (row.open === undefined) return;
    setOpen((all) => {
      const next = new Set(all);
      if (!next.delete(row.id)) next.add(row.id);
      return next;
    });
  };
  return (
    <VirtualTree
      rows={rows}
      label={label}
      selected={selected}
      toggle={toggle}
      pick={(row) => {
        setSelected(row.id);
        toggle(row);
      }}
      render={(row) => <Row row={row} />}
      height={26}
    />
  );
}

function Row({ row }: { row: JsonRow }) {
  const { t } = useTranslation();
  return (
    <>
      {row.open === undefined ? (
        <i className="artifacts-gap" />
      ) : row.open ? (
        <ChevronDown />
      ) : (
        <ChevronRight />
      )}
      {row.name !== "" && <span className="json-key mono">{row.name}</span>}
      {row.open === undefined ? (
        <span className={`json-value cut ${row.type}`} title={row.value}>
          {row.value}
        </span>
      ) : (
        <span className="quiet">
          {row.type === "object"
            ? t("artifacts.keys", { count: Number(row.value) })
            : row.type === "array"
              ? t("artifacts.items", { count: Number(row.value) })
              : ""}
        </span>
      )}
    </>
  );
}
