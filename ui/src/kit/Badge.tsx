import type { ReactNode } from "react";
import "./Badge.css";

/** A short word about a thing: a status, a stage, an alias. */
export function Badge({
  tone = "plain",
  children,
}: {
  tone?: "plain" | "accent" | "good" | "warn" | "bad";
  children: ReactNode;
}) {
  return <span className={`badge ${tone}`}>{children}</span>;
}
