import { Plus } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Fields } from "../api/types.gen";
import { Button } from "../kit/Button";
import { Menu, MenuItem, MenuLabel, MenuLine } from "../kit/Menu";
import { Select } from "../kit/Select";
import { CurveTools } from "./CurveTools";
import { groupChoices, headlineField } from "./fieldNames";
import { added, type CardKind, type ChartsState, FRESH, keptCharts } from "./layout";

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
      <CurveTools
        options={state}
        change={(options) => change({ ...state, ...options })}
        menu={
          <>
            <MenuLine />
            <MenuItem onSelect={() => change(FRESH)} disabled={keptCharts(state) === undefined}>
              {t("charts.reset")}
            </MenuItem>
          </>
        }
      >
        <Select
          label={t("charts.groupBy")}
          value={state.by}
          options={[{ value: "", label: t("charts.noGroup") }, ...groupChoices(available)]}
          choose={(by) => change({ ...state, by })}
        />
      </CurveTools>
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
