import { X } from "lucide-react";
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "./Button";
import { IconButton } from "./IconButton";
import "./Toast.css";

interface Toast {
  id: number;
  text: string;
  bad: boolean;
  undo: (() => void) | undefined;
}

interface Say {
  /** Says what was done; with `undo` it offers to take it back. */
  done: (text: string, undo?: () => void) => void;
  /** Says what failed, in the server's sentence. */
  failed: (error: unknown) => void;
}

const Saying = createContext<Say>({ done: () => {}, failed: () => {} });
const SHOWN_FOR = 8_000;
let last = 0;

export function useSay(): Say {
  return useContext(Saying);
}

/** Short messages at the foot of the page, gone after eight seconds; those with an undo stay while they are pointed at. */
export function Toasts({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const [toasts, setToasts] = useState<Toast[]>([]);
  const drop = useCallback((id: number) => setToasts((all) => all.filter((toast) => toast.id !== id)), []);
  const add = useCallback(
    (text: string, bad: boolean, undo?: () => void) => {
      last += 1;
      const id = last;
      setToasts((all) => [...all.slice(-2), { id, text, bad, undo }]);
      setTimeout(() => drop(id), SHOWN_FOR);
    },
    [drop],
  );
  const say = useMemo<Say>(
    () => ({
      done: (text, undo) => add(text, false, undo),
      failed: (error) =>
        add(error instanceof Error && error.message ? error.message : t("kit.unreachable"), true),
    }),
    [add, t],
  );
  return (
    <Saying.Provider value={say}>
      {children}
      <div className="toasts" role="status">
        {toasts.map(({ id, text, bad, undo }) => (
          <div key={id} className={`toast ${bad ? "bad" : ""}`}>
            <span>{text}</span>
            {undo && (
              <Button
                look="plain"
                onClick={() => {
                  drop(id);
                  undo();
                }}
              >
                {t("kit.undo")}
              </Button>
            )}
            <IconButton label={t("kit.close")} onClick={() => drop(id)}>
              <X />
            </IconButton>
          </div>
        ))}
      </div>
    </Saying.Provider>
  );
}
