/** Every word of the page, in two languages: one file per area of the page, in en/ and es/. English is built in. */
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { en } from "./en";

export type Language = "en" | "es";

export async function startWords(language: Language): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: "en",
    resources: { en: { translation: en } },
    partialBundledLanguages: true,
    interpolation: { escapeValue: false }, // React escapes
    returnNull: false,
  });
  if (language === "es") await speak("es");
}

export async function speak(language: Language): Promise<void> {
  if (language === "es" && !i18next.hasResourceBundle("es", "translation")) {
    i18next.addResourceBundle("es", "translation", (await import("./es")).es);
  }
  await i18next.changeLanguage(language);
}
