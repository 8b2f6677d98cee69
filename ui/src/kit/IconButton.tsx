import { forwardRef, type ReactNode } from "react";
import { Button } from "./Button";
import { Tooltip } from "./Tooltip";

interface Props extends Omit<React.ButtonHTMLAttributes<HTMLButtonElement>, "children"> {
  /** What it does: its name for those who cannot see it, and the tooltip of those who can. */
  label: string;
  /** A keyboard shortcut to show in the tooltip. */
  keys?: string;
  children: ReactNode;
  look?: "outline" | "plain";
}

export const IconButton = forwardRef<HTMLButtonElement, Props>(
  ({ label, keys, children, look = "plain", className = "", ...rest }, ref) => (
    <Tooltip text={label} keys={keys}>
      <Button ref={ref} look={look} className={`icon ${className}`} aria-label={label} {...rest}>
        {children}
      </Button>
    </Tooltip>
  ),
);
IconButton.displayName = "IconButton";
