/**
 * The small panel beside the pointer that says what is there. One for the page, written straight into the document: it
 * moves with the mouse, sixty times a second.
 */
import "./tip.css";

export interface TipRow {
  colour: string;
  label: string;
  value: string;
  /** The row of what is pointed at. */
  lit?: boolean;
}

let panel: HTMLDivElement | undefined;

export function showTip(left: number, top: number, title: string, rows: readonly TipRow[], more = ""): void {
  panel ??= document.body.appendChild(made("div", "tip"));
  panel.setAttribute("aria-hidden", "true");
  const parts: HTMLElement[] = title ? [made("div", "tip-title", title)] : [];
  for (const row of rows) {
    const line = made("div", row.lit ? "tip-row lit" : "tip-row");
    const dot = made("i", "tip-dot");
    dot.style.background = row.colour;
    line.append(dot, made("span", "cut", row.label), made("b", "number", row.value));
    parts.push(line);
  }
  if (more) parts.push(made("div", "tip-more", more));
  panel.replaceChildren(...parts);
  panel.hidden = false;
  const { offsetWidth: width, offsetHeight: height } = panel;
  const beside = left + 14 + width > innerWidth ? left - 14 - width : left + 14;
  const x = Math.max(4, beside);
  const y = Math.max(4, Math.min(top + 14, innerHeight - height - 4));
  panel.style.transform = `translate(${x}px, ${y}px)`;
}

export function hideTip(): void {
  if (panel) panel.hidden = true;
}

function made<Name extends "div" | "i" | "span" | "b">(
  name: Name,
  style: string,
  text = "",
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  element.className = style;
  element.textContent = text;
  return element;
}
