/** What every chart of the grid is given. */
import type { ReactNode } from "react";
import type { Fields, Where } from "../api/types.gen";
import type { Card } from "./layout";
import type { ShownRun } from "./shown";

export interface GridCardProps {
  card: Card;
  configure: (fields: readonly string[]) => void;
  where: Where;
  orderBy: readonly string[];
  runs: readonly ShownRun[];
  hidden: ReadonlySet<string>;
  available: Fields;
  onFilter: (text: string) => void;
  height: number;
  menu: ReactNode;
  grip: ReactNode;
}
