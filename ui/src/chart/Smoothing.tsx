import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { number } from "../kit/format";
import "./Smoothing.css";

const CALM = 120;

/** How much curves are smoothed: 0 to 0.99. */
export function Smoothing({ value, choose }: { value: number; choose: (value: number) => void }) {
  const { t } = useTranslation();
  const [now, setNow] = useState(value);
  useEffect(() => setNow(value), [value]);
  useEffect(() => {
    if (now === value) return;
    const timer = setTimeout(() => choose(now), CALM);
    return () => clearTimeout(timer);
  }, [now, value, choose]);
  return (
    <label className="smoothing">
      <span className="field-label">{t("charts.smoothing")}</span>
      <input
        type="range"
        min="0"
        max="0.99"
        step="0.01"
        value={now}
        onChange={(event) => setNow(event.target.valueAsNumber)}
      />
      <output className="number">{number(now, 2)}</output>
    </label>
  );
}
