import type { ReactNode } from "react";
import "./Empty.css";

/** Nothing to show: says why, and what to do next. */
export function Empty({
  icon,
  title,
  level: Heading = "h2",
  children,
}: {
  icon?: ReactNode;
  title: string;
  /** `h1` where it is all that the screen has. */
  level?: "h1" | "h2";
  children?: ReactNode;
}) {
  return (
    <div className="empty">
      {icon && <div className="empty-icon">{icon}</div>}
      <Heading>{title}</Heading>
      {children && <div className="empty-text">{children}</div>}
    </div>
  );
}
