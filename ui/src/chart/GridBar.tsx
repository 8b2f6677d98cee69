import { Plus, SlidersHorizontal } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Fields } from "../api/types.gen";
import { Button } from "../kit/Button";
import { Menu, MenuCheck, MenuItem, MenuLabel, MenuLine } from "../kit/Menu";
import { Select } from "../kit/Select";
import { groupChoices, headlineField } from "./fieldNames";
import { added, type CardKind, type ChartsState, FRESH, keptCharts } from "./layout";
import type { XKind } from "./lines";
import { Smoothing } from "./Smoothing";

interface Props {
  state: ChartsState;
  change: (next: ChartsState) => void;
  available: Fields;
}

const ADDED: readonly CardKind[] = ["scatter", "parallel", "bar", "box", "importance", "correlation"];
const CALM = 250;

/** What holds for all charts of a grid. */
export function GridBar({ state, change, available }: Props) {
  const { t } = useTranslation();
  const [find, setFind] = useState(state.find);
  useEffect(() => setFind(state.find), [state.find]);
  useEffect(() => {
    if (find === state.find) return;
    const timer = setTimeout(() => change({ ...state, find }), CALM);
    return () => clearTimeout(timer);
  }, [find, state, change]);
  const metric = headlineField(available);
  return (
    <div className="grid-bar" role="toolbar" aria-label={t("charts.bar")}>
      <input
        className="input"
        type="search"
        aria-label={t("charts.find")}
        placeholder={t("charts.findHint")}
        value={find}
        onChange={(event) => setFind(event.target.value)}
      />
      <Select
        label={t("charts.xAxis")}
        value={state.x}
        options={(["step", "time", "relative"] as const).map((value) => ({
          value,
          label: t(`charts.${value}`),
        }))}
        choose={(x: XKind) => change({ ...state, x })}
      />
      <Smoothing value={state.smooth} choose={(smooth) => change({ ...state, smooth })} />
      <Select
        label={t("charts.groupBy")}
        value={state.by}
        options={[{ value: "", label: t("charts.noGroup") }, ...groupChoices(available)]}
        choose={(by) => change({ ...state, by })}
      />
      <Menu trigger={<Button icon={<SlidersHorizontal />}>{t("charts.look")}</Button>}>
        <MenuCheck on={state.logX} set={(logX) => change({ ...state, logX })}>
          {t("charts.logX")}
        </MenuCheck>
        <MenuCheck on={state.logY} set={(logY) => change({ ...state, logY })}>
          {t("charts.logY")}
        </MenuCheck>
        <MenuCheck on={state.ignoreOutliers} set={(on) => change({ ...state, ignoreOutliers: on })}>
          {t("charts.ignoreOutliers")}
        </MenuCheck>
        <MenuLine />
        <MenuItem onSelect={() => change(FRESH)} disabled={keptCharts(state) === undefined}>
          {t("charts.reset")}
        </MenuItem>
      </Menu>
      <Menu align="end" trigger={<Button icon={<Plus />}>{t("charts.add")}</Button>}>
        <MenuLabel>{t("charts.addHint")}</MenuLabel>
        {ADDED.map((kind) => (
          <MenuItem key={kind} onSelect={() => change(added(state, kind, []))} disabled={metric === null}>
            {t(`charts.kind_${kind as "bar"}`)}
          </MenuItem>
        ))}
      </Menu>
    </div>
  );
}
