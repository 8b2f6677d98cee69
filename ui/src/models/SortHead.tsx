import { ArrowDown, ArrowUp } from "lucide-react";

interface Props {
  column: string;
  label: string;
  sort: string;
  setSort: (sort: string) => void;
  end?: boolean;
}

/** The head of a column that orders the rows: the greatest first, then the least. */
export function SortHead({ column, label, sort, setSort, end = false }: Props) {
  const down = sort === `-${column}`;
  const up = sort === column;
  return (
    <th
      scope="col"
      className={end ? "number" : ""}
      aria-sort={down ? "descending" : up ? "ascending" : "none"}
    >
      <button
        type="button"
        className="sort-head"
        title={label}
        onClick={() => setSort(down ? column : `-${column}`)}
      >
        <span className="cut">{label}</span>
        {down && <ArrowDown aria-hidden="true" />}
        {up && <ArrowUp aria-hidden="true" />}
      </button>
    </th>
  );
}
