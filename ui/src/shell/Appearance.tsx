import { SunMoon } from "lucide-react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../kit/IconButton";
import { Menu, MenuCheck, MenuLabel, MenuLine } from "../kit/Menu";
import { changeSettings, LANGUAGES, THEMES, useSettings } from "../state/settings";

/** Theme and language, one click from everywhere. */
export function Appearance() {
  const { t } = useTranslation();
  const settings = useSettings();
  return (
    <Menu
      align="end"
      trigger={
        <IconButton label={t("shell.appearance")}>
          <SunMoon />
        </IconButton>
      }
    >
      <MenuLabel>{t("settings.theme")}</MenuLabel>
      {THEMES.map((theme) => (
        <MenuCheck key={theme} on={settings.theme === theme} set={() => changeSettings({ theme })}>
          {t(`settings.themes.${theme}`)}
        </MenuCheck>
      ))}
      <MenuLine />
      <MenuLabel>{t("settings.language")}</MenuLabel>
      {LANGUAGES.map((language) => (
        <MenuCheck
          key={language}
          on={settings.language === language}
          set={() => changeSettings({ language })}
        >
          <span lang={language}>{t(`settings.languages.${language}`)}</span>
        </MenuCheck>
      ))}
    </Menu>
  );
}
