import { SlidersHorizontal } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../kit/Button";
import { Check } from "../kit/Check";
import { Field } from "../kit/Field";
import { Popover } from "../kit/Popover";
import { folded } from "../shell/folded";

const SHOWN = 100;

/** Which metrics have a column. */
export function MetricChooser({
  all,
  shown,
  choose,
}: {
  all: readonly string[];
  shown: readonly string[];
  choose: (keys: string[]) => void;
}) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const found = all.filter((key) => folded(key).includes(folded(text)));
  return (
    <Popover
      label={t("models.metrics")}
      trigger={<Button icon={<SlidersHorizontal />}>{t("models.metrics")}</Button>}
    >
      <div className="metric-chooser">
        <Field
          bare
          type="search"
          label={t("models.findMetric")}
          placeholder={t("models.findMetric")}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <ul>
          {found.slice(0, SHOWN).map((key) => (
            <li key={key} title={key}>
              <Check
                on={shown.includes(key)}
                set={(on) => choose(on ? [...shown, key] : shown.filter((one) => one !== key))}
              >
                {key}
              </Check>
            </li>
          ))}
        </ul>
        {found.length === 0 && <p className="quiet">{t("models.noMetric")}</p>}
      </div>
    </Popover>
  );
}
