import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { fieldOf } from "./fields";

export interface FieldName {
  short: string;
  /** What of the metric's curve, if not its last value. */
  stat: string;
  long: string;
}

/** What a person calls a field: attributes by words of their language, everything else by its own name. */
export function useFieldName(): (field: string) => FieldName {
  const { t } = useTranslation();
  return useCallback(
    (field) => {
      const { kind, key, stat } = fieldOf(field);
      const words: Record<string, string> = {
        run_name: t("runs.name"),
        start_time: t("runs.started"),
        end_time: t("runs.ended"),
        duration: t("runs.duration"),
        status: t("runs.status"),
        user_id: t("runs.user"),
        run_id: t("runs.id"),
        experiment: t("runs.experiment"),
      };
      const kinds = {
        metrics: t("runs.metric"),
        params: t("runs.param"),
        tags: t("runs.tag"),
        curves: t("runs.curve"),
        attributes: "",
      };
      const stats = {
        last: "",
        min: t("runs.statMin"),
        max: t("runs.statMax"),
        mean: t("runs.statMean"),
        first: t("runs.statFirst"),
      };
      const short = kind === "attributes" ? (words[key] ?? key) : key;
      const what = kind === "curves" ? kinds.curves : stats[stat];
      const long = [kinds[kind], short, stats[stat]].filter(Boolean).join(" · ");
      return { short, stat: what, long };
    },
    [t],
  );
}
