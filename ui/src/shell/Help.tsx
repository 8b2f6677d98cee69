import { useTranslation } from "react-i18next";
import { Dialog } from "../kit/Dialog";
import { Keys } from "../kit/Keys";
import { useKeyAreas } from "../kit/useKeys";
import "./Help.css";

/** The keys of the present screen, innermost part first. */
export default function Help({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const areas = merged(useKeyAreas());
  return (
    <Dialog open close={close} title={t("shell.keyboard")} hint={t("shell.keyboardHint")} wide>
      <div className="help">
        {areas.map(({ area, keys }) => (
          <section key={area}>
            <h3>{area}</h3>
            <dl>
              {keys.map(({ keys, label }) => (
                <div key={keys}>
                  <dt>
                    <Keys keys={keys} />
                  </dt>
                  <dd>{label}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

/** Areas of the same name are one; a key that an inner part has taken over is not listed again. */
function merged(areas: ReturnType<typeof useKeyAreas>) {
  const taken = new Set<string>();
  const found = new Map<string, { area: string; keys: { keys: string; label: string }[] }>();
  for (const { area, keys } of areas) {
    const entry = found.get(area) ?? { area, keys: [] };
    found.set(area, entry);
    for (const key of keys) {
      if (taken.has(key.keys)) continue;
      taken.add(key.keys);
      entry.keys.push(key);
    }
  }
  return [...found.values()].filter(({ keys }) => keys.length > 0);
}
