import { useNavigate } from "@tanstack/react-router";
import { Command } from "cmdk";
import { Box, CornerDownLeft, FlaskConical, Play, Settings, SunMoon } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { type ReactNode, useDeferredValue, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFocusBack } from "../kit/Dialog";
import { Keys } from "../kit/Keys";
import { useKeyAreas } from "../kit/useKeys";
import { changeSettings, LANGUAGES, THEMES, useSettings } from "../state/settings";
import { folded } from "./folded";
import { useFound } from "./useFound";
import "./Palette.css";

interface Entry {
  id: string;
  text: string;
  more?: string;
  keys?: string;
  icon: ReactNode;
  run: () => void;
}

/** Everything by its name: experiments, runs, models, what can be done here, settings. */
export default function Palette({ close, help }: { close: () => void; help: () => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const groups = useEntries(useDeferredValue(text.trim()), help);
  const focus = useFocusBack();
  const first = groups.find(({ entries }) => entries.length > 0)?.entries[0]?.id ?? "";
  const [marked, setMarked] = useState("");
  // biome-ignore lint/correctness/useExhaustiveDependencies: other words are another question: its first answer is marked
  useEffect(() => setMarked(first), [first, text]);
  return (
    <Radix.Root open onOpenChange={(open) => !open && close()}>
      <Radix.Portal>
        <div className="dialog-veil" />
        <Radix.Content
          className="palette"
          aria-describedby={undefined}
          onOpenAutoFocus={focus.leave}
          onCloseAutoFocus={focus.back}
        >
          <Radix.Title className="unseen">{t("shell.find")}</Radix.Title>
          <Command shouldFilter={false} loop label={t("shell.find")} value={marked} onValueChange={setMarked}>
            <Command.Input value={text} onValueChange={setText} placeholder={t("shell.findHint")} />
            <Command.List label={t("shell.found")}>
              {!first && <p className="palette-none">{t("shell.nothingFound", { text })}</p>}
              {groups.map(({ heading, entries }) =>
                entries.length === 0 ? null : (
                  <Command.Group key={heading} heading={heading}>
                    {entries.map(({ id, text, more, keys, icon, run }) => (
                      <Command.Item
                        key={id}
                        value={id}
                        onSelect={() => {
                          close();
                          run();
                        }}
                      >
                        {icon}
                        <span className="cut">{text}</span>
                        {more && <span className="palette-more cut">{more}</span>}
                        {keys && <Keys keys={keys} />}
                      </Command.Item>
                    ))}
                  </Command.Group>
                ),
              )}
            </Command.List>
          </Command>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

const SHOWN = 6;

function useEntries(text: string, help: () => void): { heading: string; entries: Entry[] }[] {
  const { t } = useTranslation();
  const go = useNavigate();
  const found = useFound(text);
  const actions = useActions(help);
  const fits = folded(text);
  const matching = actions.filter((action) => folded(action.text).includes(fits));
  return [
    {
      heading: t("shell.experiments"),
      entries: found.experiments.slice(0, SHOWN).map(({ experiment_id, name }) => ({
        id: `experiment ${experiment_id}`,
        text: name,
        icon: <FlaskConical />,
        run: () => go({ to: "/experiments/$ids", params: { ids: experiment_id } }),
      })),
    },
    {
      heading: t("shell.runs"),
      entries: found.runs.slice(0, SHOWN).map(({ run_id, name, experiment }) => ({
        id: `run ${run_id}`,
        text: name || run_id,
        more: experiment,
        icon: <Play />,
        run: () => go({ to: "/runs/$runId", params: { runId: run_id } }),
      })),
    },
    {
      heading: t("shell.models"),
      entries: found.models.slice(0, SHOWN).map((name) => ({
        id: `model ${name}`,
        text: name,
        icon: <Box />,
        run: () => go({ to: "/models/$name", params: { name } }),
      })),
    },
    { heading: t("shell.actions"), entries: text ? matching.slice(0, 12) : matching },
  ];
}

/** What the present screen's keys do, and the settings. */
function useActions(help: () => void): Entry[] {
  const { t } = useTranslation();
  const settings = useSettings();
  const areas = useKeyAreas();
  const seen = new Set<string>(["Mod+k", "/", "?"]);
  const keyed: Entry[] = [];
  for (const { area, keys } of areas)
    for (const key of keys) {
      const { run } = key;
      if (!run || seen.has(key.keys)) continue;
      seen.add(key.keys);
      keyed.push({
        id: `key ${key.keys}`,
        text: key.label,
        more: area,
        keys: key.keys,
        icon: <CornerDownLeft />,
        // The dialog must be gone before a key's command looks for the focus.
        run: () => setTimeout(() => run(new KeyboardEvent("keydown", { key: key.keys }))),
      });
    }
  const set = t("shell.settings");
  return [
    ...keyed,
    { id: "help", text: t("shell.help"), keys: "?", icon: <CornerDownLeft />, run: help },
    ...THEMES.filter((theme) => theme !== settings.theme).map((theme) => ({
      id: `theme ${theme}`,
      text: `${t("settings.theme")}: ${t(`settings.themes.${theme}`)}`,
      more: set,
      icon: <SunMoon />,
      run: () => void changeSettings({ theme }),
    })),
    ...LANGUAGES.filter((language) => language !== settings.language).map((language) => ({
      id: `language ${language}`,
      text: `${t("settings.language")}: ${t(`settings.languages.${language}`)}`,
      more: set,
      icon: <Settings />,
      run: () => void changeSettings({ language }),
    })),
  ];
}
