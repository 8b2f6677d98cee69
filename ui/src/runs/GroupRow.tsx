import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { Group } from "../api/types.gen";
import { count, number } from "../kit/format";
import type { Layout } from "./columns";
import { fieldOf, lowerIsBetter } from "./fields";
import { GridRow, gridCell } from "./GridRow";
import { Opener } from "./NameCell";
import { bestOf } from "./useGroups";
import type { RowWords } from "./words";

interface Props {
  line: number;
  top: number;
  group: Group;
  by: readonly string[];
  metrics: readonly string[];
  open: boolean;
  layout: Layout;
  left: number;
  right: number;
  active: number | null;
  words: RowWords;
}

/** A group of runs: what they share, how many they are, and each metric's mean ± deviation and best. */
export const GroupRow = memo((props: Props) => {
  const { line, top, group, by, metrics, open, layout, left, right, active, words } = props;
  const none = words.noValue;
  return (
    <GridRow
      className="run-row group"
      style={{ transform: `translateY(${top}px)` }}
      aria-rowindex={line + 2}
      aria-level={1}
      aria-expanded={open}
      data-line={line}
      layout={layout}
      left={left}
      right={right}
      name={gridCell({
        line,
        at: 0,
        width: layout.nameWidth,
        active: active === 0,
        look: "run-name",
        children: (
          <>
            <Opener open={open} words={words} />
            <span className="cut run-shared" title={shared(by, group, none)}>
              {/* Of several fields only the values stand here: names would push them out of the cell. */}
              {by.length === 1 && <i>{fieldOf(by[0] ?? "").key} </i>}
              {group.values.map((value) => value ?? none).join(" · ")}
            </span>
            <span className="run-children">{count(group.count)}</span>
          </>
        ),
      })}
      cell={({ field, x, width }, at) =>
        gridCell({
          line,
          at,
          x,
          width,
          active: active === at,
          look: "number",
          children: <Sum group={group} at={metrics.indexOf(field)} field={field} />,
        })
      }
    />
  );
});
GroupRow.displayName = "GroupRow";

function Sum({ group, at, field }: { group: Group; at: number; field: string }) {
  const { t } = useTranslation();
  const sum = at < 0 ? undefined : group.metrics[at];
  if (!sum || sum.mean === null) return null;
  const best = bestOf(group, at, field);
  const spread = sum.std === null ? "" : ` ± ${number(sum.std, 2)}`;
  const title = t("runs.sum", {
    mean: `${number(sum.mean)}${spread}`,
    best: best ? number(best.value) : "",
    count: sum.count,
  });
  return (
    <span title={title}>
      {best && (
        <span className="run-best">
          {lowerIsBetter(fieldOf(field).key) ? "↓" : "↑"}
          {number(best.value, 4)}
        </span>
      )}
      {number(sum.mean, 4)}
      <span className="quiet">{spread}</span>
    </span>
  );
}

function shared(by: readonly string[], group: Group, none: string): string {
  return group.values.map((value, at) => `${fieldOf(by[at] ?? "").key} ${value ?? none}`).join(" · ");
}
