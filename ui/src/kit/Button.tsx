import { type ButtonHTMLAttributes, forwardRef, type ReactNode } from "react";
import "./Button.css";

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** `plain` has no outline until it is pointed at; `primary` at most once on a screen; `danger` cannot be undone. */
  look?: "outline" | "plain" | "primary" | "danger";
  icon?: ReactNode;
}

export const Button = forwardRef<HTMLButtonElement, Props>(
  ({ look = "outline", icon, children, className = "", type = "button", ...rest }, ref) => (
    <button ref={ref} type={type} className={`button ${look} ${className}`} {...rest}>
      {icon}
      {children}
    </button>
  ),
);
Button.displayName = "Button";
