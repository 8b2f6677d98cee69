import { Tabs as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { useKeys } from "./useKeys";
import "./Tabs.css";

interface Tab {
  id: string;
  label: ReactNode;
  /** A number beside the label. */
  count?: number | undefined;
  content: ReactNode;
}

/** Parts of a screen, one shown at a time; also by its number on the keyboard. */
export function Tabs({
  label,
  tabs,
  value,
  choose,
}: {
  label: string;
  tabs: Tab[];
  value: string;
  choose: (id: string) => void;
}) {
  useKeys(
    label,
    tabs.slice(0, 9).map((tab, place) => ({
      keys: String(place + 1),
      label: typeof tab.label === "string" ? tab.label : tab.id,
      run: () => choose(tab.id),
    })),
  );
  return (
    <Radix.Root className="tabs" value={value} onValueChange={choose}>
      <Radix.List className="tabs-list" aria-label={label}>
        {tabs.map((tab) => (
          <Radix.Trigger key={tab.id} value={tab.id} className="tab" ref={tab.id === value ? intoView : null}>
            {tab.label}
            {tab.count !== undefined && <span className="tab-count">{tab.count}</span>}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map((tab) => (
        <Radix.Content key={tab.id} value={tab.id} className="tab-content">
          {tab.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}

/** In a narrow window the chosen tab is not left outside. */
function intoView(tab: HTMLElement | null): void {
  tab?.scrollIntoView({ block: "nearest", inline: "nearest" });
}
