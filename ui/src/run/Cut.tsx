import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../kit/Button";
import { count } from "../kit/format";
import "./Pairs.css";

const FIRST = 100;
const STEP = 500;

interface Props<Item> {
  of: readonly Item[];
  columns: number;
  children: (item: Item) => ReactNode;
}

/** The rows of a table: the first hundred, and more when they are asked for. */
export function Cut<Item>({ of, columns, children }: Props<Item>) {
  const { t } = useTranslation();
  const [most, setMost] = useState(FIRST);
  return (
    <tbody>
      {of.slice(0, most).map(children)}
      {of.length === 0 && (
        <tr>
          <td colSpan={columns} className="quiet">
            {t("run.noneFound")}
          </td>
        </tr>
      )}
      {of.length > most && (
        <tr>
          <td colSpan={columns}>
            <Button look="plain" onClick={() => setMost(most + STEP)}>
              {t("run.showMore", { count: of.length - most, counted: count(of.length - most) })}
            </Button>
          </td>
        </tr>
      )}
    </tbody>
  );
}
