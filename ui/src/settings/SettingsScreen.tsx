import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { address } from "../api/call";
import { Check } from "../kit/Check";
import { Choice } from "../kit/Choice";
import { useTitle } from "../kit/useTitle";
import { changeSettings, DENSITIES, LANGUAGES, THEMES, useSettings } from "../state/settings";
import "./SettingsScreen.css";

/** How the page looks and speaks in this browser. Every choice works at once. */
export function SettingsScreen() {
  const { t } = useTranslation();
  const settings = useSettings();
  const version = useProtocol();
  useTitle(t("shell.settings"));
  return (
    <div className="page settings">
      <h1>{t("shell.settings")}</h1>
      <p className="quiet">{t("settings.kept")}</p>
      <Choice
        label={t("settings.language")}
        value={settings.language}
        options={LANGUAGES.map((value) => ({ value, label: t(`settings.languages.${value}`), lang: value }))}
        choose={(language) => changeSettings({ language })}
      />
      <Choice
        label={t("settings.theme")}
        value={settings.theme}
        options={THEMES.map((value) => ({ value, label: t(`settings.themes.${value}`) }))}
        choose={(theme) => changeSettings({ theme })}
      />
      <Choice
        label={t("settings.density")}
        value={settings.density}
        options={DENSITIES.map((value) => ({ value, label: t(`settings.densities.${value}`) }))}
        choose={(density) => changeSettings({ density })}
      />
      <fieldset className="choice">
        <legend>{t("settings.keyboard")}</legend>
        <Check on={settings.keys} set={(keys) => changeSettings({ keys })}>
          {t("settings.singleKeys")}
        </Check>
        <p className="quiet">{t("settings.singleKeysHint")}</p>
      </fieldset>
      <section className="settings-about">
        <h2>{t("settings.about")}</h2>
        <dl>
          <dt>{t("settings.server")}</dt>
          <dd className="mono">{new URL(address(""), location.origin).href}</dd>
          <dt>{t("settings.protocol")}</dt>
          <dd>{version ? t("settings.mlflow", { version }) : "…"}</dd>
          <dt>{t("settings.hito")}</dt>
          <dd>{document.querySelector<HTMLMetaElement>('meta[name="hito-version"]')?.content ?? "–"}</dd>
        </dl>
      </section>
    </div>
  );
}

/** The version of MLflow whose protocol the server speaks. */
function useProtocol(): string | undefined {
  return useQuery({
    queryKey: ["version"],
    queryFn: async ({ signal }) => (await fetch(address("version"), { signal })).text(),
    staleTime: Number.POSITIVE_INFINITY,
  }).data;
}
