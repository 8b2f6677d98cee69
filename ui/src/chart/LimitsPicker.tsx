import { useTranslation } from "react-i18next";
import type { Columns } from "../api/curves";
import { Button } from "../kit/Button";
import { Check } from "../kit/Check";
import { Popover } from "../kit/Popover";
import { extent } from "../series/outliers";
import type { Limit } from "./analysis";
import { shortName } from "./fieldNames";
import { wordsOf } from "./parallel";

interface Props {
  axes: readonly string[];
  columns: Columns;
  limits: readonly Limit[];
  limit: (field: string, next: Limit | null) => void;
}

/** What brushing does, by keys: a least and a greatest value for each axis, or its texts. */
export function LimitsPicker({ axes, columns, limits, limit }: Props) {
  const { t } = useTranslation();
  return (
    <Popover
      label={t("charts.limits")}
      trigger={
        <Button look="plain" className="chart-picker">
          {t("charts.limits")}
        </Button>
      }
    >
      <div className="chart-limit-fields">
        {axes.map((field) => {
          const column = columns.of.get(field);
          if (!column) return null;
          const own = limits.find((one) => one.field === field);
          const name = shortName(field);
          if (column.kind === "texts") {
            const words = wordsOf(column);
            const chosen = own && "texts" in own ? own.texts : words;
            return (
              <fieldset key={field}>
                <legend>{name}</legend>
                {words.map((word) => (
                  <Check
                    key={word}
                    on={chosen.includes(word)}
                    set={(on) => {
                      const texts = words.filter((one) => (one === word ? on : chosen.includes(one)));
                      limit(
                        field,
                        texts.length === words.length || texts.length === 0 ? null : { field, texts },
                      );
                    }}
                  >
                    {word}
                  </Check>
                ))}
              </fieldset>
            );
          }
          const [least, most] = extent([column.values]) ?? [0, 1];
          const [low, high] = own && !("texts" in own) ? [own.low, own.high] : [least, most];
          const set = (from: number, to: number) =>
            limit(field, from <= least && to >= most ? null : { field, low: from, high: to });
          return (
            <fieldset key={field}>
              <legend>{name}</legend>
              <input
                className="input"
                type="number"
                step="any"
                aria-label={t("charts.atLeast", { name })}
                value={low}
                onChange={({ target }) => set(target.value === "" ? least : target.valueAsNumber, high)}
              />
              <span aria-hidden="true">–</span>
              <input
                className="input"
                type="number"
                step="any"
                aria-label={t("charts.atMost", { name })}
                value={high}
                onChange={({ target }) => set(low, target.value === "" ? most : target.valueAsNumber)}
              />
            </fieldset>
          );
        })}
      </div>
    </Popover>
  );
}
