import type { ReactNode } from "react";
import { Menu } from "../kit/Menu";

/** A menu that opens beside a box on the screen, which may be gone by the time it closes. */
export function Beside({
  box,
  close,
  children,
}: {
  box: DOMRect | null;
  close: () => void;
  children: ReactNode;
}) {
  const place = box && {
    position: "fixed" as const,
    insetInlineStart: box.left,
    insetBlockStart: box.top,
    inlineSize: box.width,
    blockSize: box.height,
    pointerEvents: "none" as const,
  };
  return (
    <Menu
      open={box !== null}
      setOpen={(open) => !open && close()}
      trigger={<span aria-hidden="true" style={place ?? { display: "none" }} />}
    >
      {children}
    </Menu>
  );
}
