import { useMemo } from "react";
import { useTranslation } from "react-i18next";

/** The words that every row needs, looked up once for all of them: rows are drawn in every frame of scrolling. */
export interface RowWords {
  eyeOn: string;
  eyeOff: string;
  fold: string;
  unfold: string;
  deleted: string;
  baseline: string;
  pinned: string;
  select: (name: string) => string;
  children: (count: number) => string;
  bestOfChildren: string;
  noValue: string;
}

export function useRowWords(): RowWords {
  const { t } = useTranslation();
  return useMemo(() => {
    // A name may hold what looks like a placeholder, so it is put in by hand.
    const [before = "", after = ""] = t("runs.select", { name: "\u0000" }).split("\u0000");
    return {
      eyeOn: t("runs.eyeOn"),
      eyeOff: t("runs.eyeOff"),
      fold: t("runs.fold"),
      unfold: t("runs.unfold"),
      deleted: t("runs.deleted"),
      baseline: t("runs.baseline"),
      pinned: t("runs.pinned"),
      select: (name) => before + name + after,
      children: (count) => t("runs.childrenOf", { count }),
      bestOfChildren: t("runs.bestOfChildren"),
      noValue: t("runs.noValue"),
    };
  }, [t]);
}
