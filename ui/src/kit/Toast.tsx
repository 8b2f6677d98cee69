import { X } from "lucide-react";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "./Button";
import { IconButton } from "./IconButton";
import { useKeys } from "./useKeys";
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

/** Short messages at the foot of the page, gone after eight seconds; they stay while they are pointed at or focused. */
export function Toasts({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const [toasts, setToasts] = useState<Toast[]>([]);
  const [held, setHeld] = useState(false);
  const drop = useCallback((id: number) => {
    setToasts((all) => all.filter((toast) => toast.id !== id));
    setHeld(false);
  }, []);
  const add = useCallback((text: string, bad: boolean, undo?: () => void) => {
    last += 1;
    const id = last;
    setToasts((all) => [...all.slice(-2), { id, text, bad, undo }]);
  }, []);
  const oldest = toasts[0]?.id;
  useEffect(() => {
    if (oldest === undefined || held) return;
    const timer = setTimeout(() => drop(oldest), SHOWN_FOR);
    return () => clearTimeout(timer);
  }, [oldest, held, drop]);
  const undoable = toasts.findLast(({ undo }) => undo);
  const takeBack = ({ id, undo }: Toast) => {
    drop(id);
    undo?.();
  };
  useKeys(
    t("kit.messages"),
    undoable ? [{ keys: "Mod+z", label: t("kit.undo"), run: () => takeBack(undoable) }] : [],
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
      <div
        className="toasts"
        role="status"
        onPointerEnter={() => setHeld(true)}
        onPointerLeave={() => setHeld(false)}
        onFocus={() => setHeld(true)}
        onBlur={() => setHeld(false)}
      >
        {toasts.map((toast) => (
          <div key={toast.id} className={`toast ${toast.bad ? "bad" : ""}`}>
            <span>{toast.text}</span>
            {toast.undo && (
              <Button look="plain" onClick={() => takeBack(toast)}>
                {t("kit.undo")}
              </Button>
            )}
            <IconButton label={t("kit.close")} onClick={() => drop(toast.id)}>
              <X />
            </IconButton>
          </div>
        ))}
      </div>
    </Saying.Provider>
  );
}
