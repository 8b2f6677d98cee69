import { ArrowDown, ArrowUp, Download } from "lucide-react";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../kit/Button";
import { Check } from "../kit/Check";
import { Field } from "../kit/Field";
import { count } from "../kit/format";
import { IconButton } from "../kit/IconButton";
import { Menu, MenuItem } from "../kit/Menu";
import { useKeys } from "../kit/useKeys";
import { directionOf } from "./best";
import type { Compared } from "./CompareScreen";
import { CompareTable } from "./CompareTable";
import { exported, type Format } from "./export";
import { LineDialog } from "./LineDialog";
import { differenceFrom, type Line, linesOf, rowsOf, type SectionId } from "./lines";
import type { CompareSearch } from "./search";
import { useExtras } from "./useExtras";

interface Props {
  compared: Compared[];
  search: CompareSearch;
  go: (change: Partial<CompareSearch>, replace?: boolean) => void;
}

/** With more runs than this, what has to be fetched run by run waits until its section is opened. */
const MANY = 8;
const FETCHED: SectionId[] = ["environment", "machine", "files"];
const TYPES: Record<Format, string> = {
  csv: "text/csv",
  json: "application/json",
  markdown: "text/markdown",
};

/** The table of everything, and what steers it. */
export function CompareLines({ compared, search, go }: Props) {
  const { t } = useTranslation();
  const ids = useMemo(() => compared.map(({ run_id }) => run_id), [compared]);
  const runs = useMemo(() => compared.map(({ run }) => run), [compared]);
  const shut = useCallback(
    (section: SectionId) =>
      search.shut?.includes(section) ||
      (ids.length > MANY && FETCHED.includes(section) && !search.open?.includes(section)) ||
      false,
    [search.shut, search.open, ids.length],
  );
  const { extras, waiting } = useExtras(ids, {
    captured: !shut("environment") || !shut("machine"),
    files: !shut("files"),
  });
  const lines = useMemo(() => linesOf(runs, extras), [runs, extras]);
  const rows = useMemo(
    () => rowsOf(lines, { only: search.only ?? false, find: search.find ?? "", shut }),
    [lines, search.only, search.find, shut],
  );
  const differing = useMemo(() => lines.filter((line) => line.differs).length, [lines]);
  const [at, setAt] = useState<string>();
  const [opened, setOpened] = useState<string>();
  const line = lines.find(({ id }) => id === opened);
  const jump = (step: 1 | -1) => {
    const from = rows.findIndex((row) => row.id === at);
    const to = rows[differenceFrom(rows, from, step)];
    if (to) setAt(to.id);
  };
  useKeys(t("compare.title"), [
    { keys: "n", label: t("compare.next"), run: () => jump(1) },
    { keys: "p", label: t("compare.previous"), run: () => jump(-1) },
    { keys: "d", label: t("compare.only"), run: () => go(search.only ? withoutKey("only") : { only: true }) },
  ]);
  useEffect(() => {
    if (at && !rows.some((row) => row.id === at)) setAt(undefined);
  }, [rows, at]);
  const base = Math.max(0, ids.indexOf(search.base ?? ""));
  const direction = useCallback(
    (key: string) =>
      search.high?.includes(key) ? "higher" : search.low?.includes(key) ? "lower" : directionOf(key),
    [search.high, search.low],
  );
  const turn = (key: string) => {
    const now = direction(key);
    const high = (search.high ?? []).filter((one) => one !== key);
    const low = (search.low ?? []).filter((one) => one !== key);
    go(now === "higher" ? { high, low: [...low, key] } : { high: [...high, key], low });
  };
  const fold = (section: SectionId) => {
    const without = (list: string[] | undefined) => (list ?? []).filter((one) => one !== section);
    go(
      shut(section)
        ? { shut: without(search.shut), open: [...without(search.open), section] }
        : { shut: [...without(search.shut), section], open: without(search.open) },
    );
  };
  const save = (format: Format) => {
    const shown = rows.flatMap((row) => (row.kind === "line" ? [row.line] : []));
    const columns = compared.map(({ run_id, label }) => ({ run_id, name: label }));
    download(
      exported(format, columns, shown),
      `comparison.${format === "markdown" ? "md" : format}`,
      TYPES[format],
    );
  };
  return (
    <div className="compare-lines">
      <div className="compare-tools">
        <Field
          label={t("compare.find")}
          placeholder={t("compare.find")}
          bare
          type="search"
          value={search.find ?? ""}
          onChange={(event) => go({ find: event.target.value })}
        />
        <Check on={search.only ?? false} set={(on) => go(on ? { only: true } : withoutKey("only"))}>
          {t("compare.only")}
        </Check>
        <Check on={search.dim ?? false} set={(on) => go(on ? { dim: true } : withoutKey("dim"))}>
          {t("compare.dim")}
        </Check>
        <span className="compare-steps">
          <IconButton
            label={t("compare.previous")}
            keys="P"
            onClick={() => jump(-1)}
            disabled={differing === 0}
          >
            <ArrowUp />
          </IconButton>
          <IconButton label={t("compare.next")} keys="N" onClick={() => jump(1)} disabled={differing === 0}>
            <ArrowDown />
          </IconButton>
          <span className="quiet" role="status">
            {waiting
              ? t("compare.waiting")
              : t("compare.differences", { count: differing, counted: count(differing) })}
          </span>
        </span>
        <Menu
          align="end"
          trigger={<Button icon={<Download aria-hidden="true" />}>{t("compare.export")}</Button>}
        >
          {(["csv", "json", "markdown"] as const).map((format) => (
            <MenuItem key={format} onSelect={() => save(format)}>
              {t(`compare.formats.${format}`)}
            </MenuItem>
          ))}
        </Menu>
      </div>
      <CompareTable
        compared={compared}
        rows={rows}
        base={base}
        dim={search.dim ?? false}
        at={at}
        direction={direction}
        turn={turn}
        fold={fold}
        open={(line: Line) => {
          setAt(line.id);
          setOpened(line.id);
        }}
        setBase={(id) => go({ base: id })}
        remove={(id) => go({ runs: search.runs.filter((one) => one !== id) })}
        move={(id, by) => go({ runs: moved(search.runs, id, by) })}
      />
      {line && <LineDialog line={line} compared={compared} base={base} close={() => setOpened(undefined)} />}
    </div>
  );
}

function withoutKey(key: "only" | "dim"): Partial<CompareSearch> {
  return { [key]: undefined } as Partial<CompareSearch>;
}

export function moved(runs: readonly string[], id: string, by: number): string[] {
  const from = runs.indexOf(id);
  const rest = runs.filter((one) => one !== id);
  rest.splice(Math.max(0, Math.min(rest.length, from + by)), 0, id);
  return rest;
}

function download(text: string, name: string, type: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
