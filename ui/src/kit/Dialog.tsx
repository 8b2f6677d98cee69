import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { type ReactNode, useRef } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "./IconButton";
import "./Dialog.css";

interface Props {
  open: boolean;
  close: () => void;
  title: string;
  /** One sentence below the title. */
  hint?: ReactNode;
  children: ReactNode;
  /** Buttons, the main one last. */
  actions?: ReactNode;
  wide?: boolean;
}

/** The first field gets the focus; without one the dialog itself, so that nothing is done by a hasty Enter. */
function focusFirst(event: Event) {
  const dialog = event.currentTarget;
  if (!(dialog instanceof HTMLElement)) return;
  event.preventDefault();
  const field = dialog.querySelector<HTMLElement>(".dialog-body :is(input, textarea, select):not(:disabled)");
  (field ?? dialog).focus();
  if (field instanceof HTMLInputElement) field.select();
}

/** Where the focus was goes back to it when the dialog closes; Radix knows only of triggers of its own. */
export function useFocusBack() {
  const before = useRef<Element | null>(null);
  return {
    leave: () => {
      before.current = document.activeElement;
    },
    back: (event: Event) => {
      event.preventDefault();
      const place = before.current?.isConnected ? before.current : document.getElementById("main");
      if (place instanceof HTMLElement) place.focus({ preventScroll: true });
    },
  };
}

export function Dialog({ open, close, title, hint, children, actions, wide = false }: Props) {
  const { t } = useTranslation();
  const focus = useFocusBack();
  return (
    <Radix.Root open={open} onOpenChange={(now) => !now && close()}>
      <Radix.Portal>
        {/* Radix's own overlay writes a <style> into the page to stop scrolling, which the page's policy forbids. */}
        <div className="dialog-veil" />
        <Radix.Content
          className={`dialog ${wide ? "wide" : ""}`}
          onOpenAutoFocus={(event) => {
            focus.leave();
            focusFirst(event);
          }}
          onCloseAutoFocus={focus.back}
          {...(hint ? {} : { "aria-describedby": undefined })}
        >
          <header>
            <Radix.Title asChild>
              <h2>{title}</h2>
            </Radix.Title>
            <Radix.Close asChild>
              <IconButton label={t("kit.close")} keys="Esc">
                <X />
              </IconButton>
            </Radix.Close>
          </header>
          {hint && <Radix.Description className="quiet">{hint}</Radix.Description>}
          <div className="dialog-body">{children}</div>
          {actions && <footer>{actions}</footer>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
