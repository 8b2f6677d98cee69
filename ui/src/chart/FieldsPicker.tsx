import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../kit/Button";
import { Check } from "../kit/Check";
import { Popover } from "../kit/Popover";
import type { Choice } from "./fieldNames";
import { finder } from "./layout";

interface Props {
  label: string;
  choices: readonly Choice[];
  chosen: readonly string[];
  choose: (fields: readonly string[]) => void;
}

const MOST = 200;

/** Several of many fields. */
export function FieldsPicker({ label, choices, chosen, choose }: Props) {
  const { t } = useTranslation();
  const [find, setFind] = useState("");
  const fits = finder(find);
  const found = choices.filter((choice) => fits(choice.label));
  return (
    <Popover
      label={label}
      trigger={
        <Button look="plain" className="chart-picker">
          {label} · {chosen.length}
        </Button>
      }
    >
      <input
        className="input"
        type="search"
        aria-label={t("charts.findFields")}
        placeholder={t("charts.findFields")}
        value={find}
        onChange={(event) => setFind(event.target.value)}
      />
      <ul className="chart-choices">
        {found.slice(0, MOST).map(({ value, label: name }) => (
          <li key={value}>
            <Check
              on={chosen.includes(value)}
              set={(on) => choose(on ? [...chosen, value] : chosen.filter((one) => one !== value))}
            >
              <span className="cut" title={value}>
                {name}
              </span>
            </Check>
          </li>
        ))}
      </ul>
    </Popover>
  );
}
