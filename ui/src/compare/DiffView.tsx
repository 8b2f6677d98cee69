import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../kit/Button";
import { count } from "../kit/format";
import { type DiffRow, diffRows, type Side, sizeOf } from "./diff";
import { useWidthOf } from "./useWidth";
import "./DiffView.css";

interface Props {
  a: string;
  b: string;
  names: [string, string];
}

const FIRST = 600;
const NARROW = 720;

/** Two texts with what changed, side by side or, in a narrow place or when asked, one below the other. */
export function DiffView({ a, b, names }: Props) {
  const { t } = useTranslation();
  const [whole, setWhole] = useState(false);
  const [most, setMost] = useState(FIRST);
  const [wanted, setWanted] = useState<"split" | "unified">();
  const [box, width] = useWidthOf<HTMLDivElement>();
  const rows = useMemo(() => diffRows(a, b, whole ? Number.MAX_SAFE_INTEGER : 3), [a, b, whole]);
  const { come, gone } = sizeOf(rows);
  const split = (wanted ?? (width < NARROW ? "unified" : "split")) === "split";
  return (
    <div className="diff" ref={box}>
      <div className="diff-tools">
        <span className="quiet" role="status">
          {come + gone === 0
            ? t("compare.equalText")
            : t("compare.diffSize", { come: count(come), gone: count(gone) })}
        </span>
        <Button aria-pressed={split} onClick={() => setWanted("split")}>
          {t("compare.split")}
        </Button>
        <Button aria-pressed={!split} onClick={() => setWanted("unified")}>
          {t("compare.unified")}
        </Button>
        <Button look="plain" aria-pressed={whole} onClick={() => setWhole(!whole)}>
          {t("compare.wholeText")}
        </Button>
      </div>
      <section
        className="diff-scroll"
        aria-label={t("compare.diffOf", { a: names[0], b: names[1] })}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
      >
        <table className={split ? "split" : "unified"}>
          <colgroup>
            <col className="diff-number" />
            <col className={split ? "" : "diff-number"} />
            <col className={split ? "diff-number" : ""} />
            <col />
          </colgroup>
          <thead>
            <tr>
              <th colSpan={split ? 2 : 3} className="cut" title={names[0]}>
                − {names[0]}
              </th>
              <th colSpan={split ? 2 : 1} className="cut" title={names[1]}>
                + {names[1]}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, most).map((row, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows of a text never move
              <Rows key={at} row={row} split={split} />
            ))}
          </tbody>
        </table>
        {rows.length > most && (
          <Button onClick={() => setMost(most * 4)}>
            {t("compare.moreLines", { count: rows.length - most, counted: count(rows.length - most) })}
          </Button>
        )}
      </section>
    </div>
  );
}

function Rows({ row, split }: { row: DiffRow; split: boolean }) {
  const { t } = useTranslation();
  if (row.kind === "skip")
    return (
      <tr className="diff-skip">
        <td colSpan={4}>{t("compare.equalLines", { count: row.lines, counted: count(row.lines) })}</td>
      </tr>
    );
  const changed = row.kind === "changed";
  if (split)
    return (
      <tr>
        <Half side={row.a} look={changed ? (row.a ? "gone" : "void") : ""} mark="−" />
        <Half side={row.b} look={changed ? (row.b ? "come" : "void") : ""} mark="+" />
      </tr>
    );
  if (!changed)
    return (
      <tr>
        <td className="diff-line">{row.a?.line}</td>
        <td className="diff-line">{row.b?.line}</td>
        <Text side={row.a} look="" mark="" />
      </tr>
    );
  return (
    <>
      {row.a && (
        <tr>
          <td className="diff-line">{row.a.line}</td>
          <td className="diff-line" />
          <Text side={row.a} look="gone" mark="−" />
        </tr>
      )}
      {row.b && (
        <tr>
          <td className="diff-line" />
          <td className="diff-line">{row.b.line}</td>
          <Text side={row.b} look="come" mark="+" />
        </tr>
      )}
    </>
  );
}

function Half({ side, look, mark }: { side: Side | null; look: string; mark: string }) {
  return (
    <>
      <td className="diff-line">{side?.line}</td>
      <Text side={side} look={look} mark={look === "come" || look === "gone" ? mark : ""} single />
    </>
  );
}

function Text({
  side,
  look,
  mark,
  single = false,
}: {
  side: Side | null;
  look: string;
  mark: string;
  single?: boolean;
}) {
  return (
    <td className={`diff-text ${look}`} data-mark={mark} colSpan={single ? 1 : 2}>
      {side?.parts.map((part, at) =>
        part.changed ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts of a line never move
          <mark key={at}>{part.text}</mark>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts of a line never move
          <span key={at}>{part.text}</span>
        ),
      )}
    </td>
  );
}
