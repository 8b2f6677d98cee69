import { Popover as Radix } from "radix-ui";
import type { ReactNode } from "react";
import "./Menu.css";

interface Props {
  trigger: ReactNode;
  /** What it holds, for those who cannot see it. */
  label: string;
  children: ReactNode;
  align?: "start" | "center" | "end";
  open?: boolean;
  setOpen?: (open: boolean) => void;
}

/** A small panel beside its trigger, which must take a ref and props. */
export function Popover({ trigger, label, children, align = "start", open, setOpen }: Props) {
  const state = open === undefined ? {} : { open };
  return (
    <Radix.Root {...state} {...(setOpen && { onOpenChange: setOpen })}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          className="popover"
          aria-label={label}
          align={align}
          sideOffset={4}
          collisionPadding={8}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
