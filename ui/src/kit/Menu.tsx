import { Check, ChevronRight } from "lucide-react";
import { DropdownMenu as Radix } from "radix-ui";
import type { ReactNode } from "react";
import "./Menu.css";

/** A button's list of actions. `trigger` must take a ref and props: a Button or an IconButton. */
export function Menu({
  trigger,
  children,
  align = "start",
  open,
  setOpen,
}: {
  trigger: ReactNode;
  children: ReactNode;
  align?: "start" | "end";
  open?: boolean;
  setOpen?: (open: boolean) => void;
}) {
  const state = open === undefined ? {} : { open };
  return (
    <Radix.Root modal={false} {...state} {...(setOpen && { onOpenChange: setOpen })}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className="menu" align={align} sideOffset={4} collisionPadding={8}>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

interface ItemProps {
  onSelect: () => void;
  children: ReactNode;
  icon?: ReactNode;
  keys?: string;
  danger?: boolean;
  disabled?: boolean;
}

export function MenuItem({ onSelect, children, icon, keys, danger = false, disabled = false }: ItemProps) {
  return (
    <Radix.Item className={`menu-item ${danger ? "danger" : ""}`} onSelect={onSelect} disabled={disabled}>
      <span className="menu-icon">{icon}</span>
      <span className="cut">{children}</span>
      {keys && <kbd>{keys}</kbd>}
    </Radix.Item>
  );
}

/** One of several that may be on; the menu stays open, unless it is told to close. */
export function MenuCheck({
  on,
  set,
  close = false,
  children,
}: {
  on: boolean;
  set: (on: boolean) => void;
  close?: boolean;
  children: ReactNode;
}) {
  return (
    <Radix.CheckboxItem
      className="menu-item"
      checked={on}
      onCheckedChange={set}
      onSelect={(event) => !close && event.preventDefault()}
    >
      <span className="menu-icon">{on && <Check />}</span>
      <span className="cut">{children}</span>
    </Radix.CheckboxItem>
  );
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <Radix.Label className="menu-label">{children}</Radix.Label>;
}

export function MenuLine() {
  return <Radix.Separator className="menu-line" />;
}

export function MenuSub({
  label,
  icon,
  children,
}: {
  label: ReactNode;
  icon?: ReactNode;
  children: ReactNode;
}) {
  return (
    <Radix.Sub>
      <Radix.SubTrigger className="menu-item">
        <span className="menu-icon">{icon}</span>
        <span className="cut">{label}</span>
        <ChevronRight className="menu-more" />
      </Radix.SubTrigger>
      <Radix.Portal>
        <Radix.SubContent className="menu" sideOffset={2} collisionPadding={8}>
          {children}
        </Radix.SubContent>
      </Radix.Portal>
    </Radix.Sub>
  );
}
