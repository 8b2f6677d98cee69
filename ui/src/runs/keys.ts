/** What a key means in the table: from the key and the active cell to a wish. Line -1 is the heads. Pure. */

export type Act =
  | "go"
  | "unfold"
  | "eye"
  | "pin"
  | "base"
  | "menu"
  | "compare"
  | "delete"
  | "rename"
  | "tag"
  | "clear";

export type Wish =
  | { kind: "go"; line: number; column: number; extend: boolean; fold: "open" | "close" | null }
  | { kind: "pick"; range: boolean }
  | { kind: "pickAll" }
  | { kind: "sort"; more: boolean }
  | { kind: "move"; by: number }
  | { kind: "width"; by: number }
  | { kind: "act"; act: Act };

interface At {
  line: number;
  column: number;
  lines: number;
  columns: number;
  page: number;
}

interface Key {
  key: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

const LETTERS: Record<string, Act> = {
  e: "eye",
  p: "pin",
  b: "base",
  m: "menu",
  c: "compare",
  r: "rename",
  t: "tag",
  Delete: "delete",
  ContextMenu: "menu",
  Escape: "clear",
};

export function gridKey({ key, shiftKey, ctrlKey, metaKey, altKey }: Key, at: At): Wish | null {
  const { line, column, lines, columns, page } = at;
  const control = ctrlKey || metaKey;
  const to = (toLine: number, toColumn: number, fold: "open" | "close" | null = null): Wish => ({
    kind: "go",
    line: Math.min(lines - 1, Math.max(-1, toLine)),
    column: Math.min(columns - 1, Math.max(0, toColumn)),
    extend: shiftKey && toLine !== line,
    fold,
  });
  const sideways = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
  if (altKey) {
    if (line < 0 && sideways)
      return shiftKey ? { kind: "width", by: 16 * sideways } : { kind: "move", by: sideways };
    return key === "ArrowDown" ? { kind: "act", act: "menu" } : null;
  }
  if (control && key === "a") return { kind: "pickAll" };
  if (control && key !== "Home" && key !== "End" && !sideways) return null;
  if (sideways)
    return to(
      line,
      control ? (sideways > 0 ? columns : 0) : column + sideways,
      sideways > 0 ? "open" : "close",
    );
  switch (key) {
    case "ArrowDown":
      return to(line + 1, column);
    case "ArrowUp":
      return to(line - 1, column);
    case "PageDown":
      return to(line + page, column);
    case "PageUp":
      return to(Math.max(0, line - page), column);
    case "Home":
      return control ? to(0, 0) : to(line, 0);
    case "End":
      return control ? to(lines - 1, column) : to(line, columns);
    case " ":
      return line < 0 ? { kind: "sort", more: shiftKey } : { kind: "pick", range: shiftKey };
    case "Enter":
      return line < 0 ? { kind: "sort", more: shiftKey } : { kind: "act", act: "go" };
    case "F10":
      return shiftKey ? { kind: "act", act: "menu" } : null;
    default: {
      const act = LETTERS[key];
      return act ? { kind: "act", act } : null;
    }
  }
}
