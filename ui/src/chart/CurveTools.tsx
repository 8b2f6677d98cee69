import { SlidersHorizontal } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../kit/Button";
import { Menu, MenuCheck } from "../kit/Menu";
import { Select } from "../kit/Select";
import type { XKind } from "./lines";
import { Smoothing } from "./Smoothing";
import type { CurveOptions } from "./shown";

interface Props {
  options: CurveOptions;
  change: (change: Partial<CurveOptions>) => void;
  /** Stands before the menu. */
  children?: ReactNode;
  /** More entries of the menu. */
  menu?: ReactNode;
}

/** How all curves in sight are drawn: over what, how smooth, how their axes are spaced. */
export function CurveTools({ options, change, children, menu }: Props) {
  const { t } = useTranslation();
  return (
    <>
      <Select
        label={t("charts.xAxis")}
        value={options.x}
        options={(["step", "time", "relative"] as const).map((value) => ({
          value,
          label: t(`charts.${value}`),
        }))}
        choose={(x: XKind) => change({ x })}
      />
      <Smoothing value={options.smooth} choose={(smooth) => change({ smooth })} />
      {children}
      <Menu trigger={<Button icon={<SlidersHorizontal />}>{t("charts.look")}</Button>}>
        <MenuCheck on={options.logX} set={(logX) => change({ logX })}>
          {t("charts.logX")}
        </MenuCheck>
        <MenuCheck on={options.logY} set={(logY) => change({ logY })}>
          {t("charts.logY")}
        </MenuCheck>
        <MenuCheck on={options.ignoreOutliers} set={(ignoreOutliers) => change({ ignoreOutliers })}>
          {t("charts.ignoreOutliers")}
        </MenuCheck>
        {menu}
      </Menu>
    </>
  );
}
