import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from "react";
import "./VirtualTree.css";

export interface Branch {
  id: string;
  level: number;
  open?: boolean;
  place: number;
  siblings: number;
  /** What typing its first letters finds. */
  name: string;
}

interface Props<Row extends Branch> {
  rows: readonly Row[];
  label: string;
  selected?: string | undefined;
  render: (row: Row) => ReactNode;
  pick: (row: Row) => void;
  toggle: (row: Row) => void;
  /** Called with the rows that can be seen. */
  seen?: ((rows: Row[]) => void) | undefined;
  height?: number;
}

/** A tree of which only the rows in view exist, with the keys that ARIA's pattern for trees names. */
export function VirtualTree<Row extends Branch>({
  rows,
  label,
  selected,
  render,
  pick,
  toggle,
  seen,
  height = 28,
}: Props<Row>) {
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<string>();
  const typed = useRef({ text: "", at: 0 });
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => height,
    overscan: 8,
    initialRect: { width: 300, height: 600 },
    getItemKey: (at) => rows[at]?.id ?? at,
    onChange: (now) => {
      seen?.(now.getVirtualItems().flatMap(({ index }) => rows[index] ?? []));
    },
  });
  const at = Math.max(
    0,
    rows.findIndex((row) => row.id === (active ?? selected)),
  );

  const go = (to: number) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, to))];
    if (!row) return;
    setActive(row.id);
    virtual.scrollToIndex(rows.indexOf(row));
  };
  const keys = (event: KeyboardEvent) => {
    const row = rows[at];
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor((box.current?.clientHeight ?? 300) / height) - 1);
    if (event.key === "ArrowDown") go(at + 1);
    else if (event.key === "ArrowUp") go(at - 1);
    else if (event.key === "PageDown") go(at + page);
    else if (event.key === "PageUp") go(at - page);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(rows.length - 1);
    else if (event.key === "ArrowRight") row.open === false ? toggle(row) : row.open && go(at + 1);
    else if (event.key === "ArrowLeft") row.open ? toggle(row) : go(parentOf(rows, at));
    else if (event.key === "Enter" || event.key === " ") pick(row);
    else if (event.key.length === 1) go(match(event.key));
    else return;
    event.preventDefault();
  };
  const match = (key: string): number => {
    const now = Date.now();
    typed.current = { text: now - typed.current.at < 700 ? typed.current.text + key : key, at: now };
    const text = typed.current.text.toLowerCase();
    const from = text.length > 1 ? at : at + 1;
    for (let step = 0; step < rows.length; step += 1) {
      const place = (from + step) % rows.length;
      if (rows[place]?.name.toLowerCase().startsWith(text)) return place;
    }
    return at;
  };

  return (
    <div
      ref={box}
      className="vtree"
      role="tree"
      aria-label={label}
      tabIndex={0}
      aria-activedescendant={rows.length > 0 ? `${id}-${at}` : undefined}
      onKeyDown={keys}
    >
      <div role="presentation" style={{ blockSize: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the tree itself listens for keys
            <div
              key={item.key}
              id={`${id}-${item.index}`}
              role="treeitem"
              tabIndex={-1}
              className="vtree-row"
              aria-level={row.level}
              aria-posinset={row.place}
              aria-setsize={row.siblings}
              aria-expanded={row.open}
              aria-selected={row.id === selected}
              data-active={item.index === at ? "" : undefined}
              style={{
                transform: `translateY(${item.start}px)`,
                blockSize: item.size,
                paddingInlineStart: `${(row.level - 1) * 0.875 + 0.5}rem`,
              }}
              onClick={() => {
                setActive(row.id);
                pick(row);
              }}
            >
              {render(row)}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function parentOf(rows: readonly Branch[], at: number): number {
  const level = rows[at]?.level ?? 1;
  for (let place = at - 1; place >= 0; place -= 1) if ((rows[place]?.level ?? 1) < level) return place;
  return at;
}
