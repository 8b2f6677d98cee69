import { type LineSeries, runOf } from "./lines";
import { pointedGroup, usePointedRun } from "./pointed";

/** Names of lines; pointing at one makes it stand out in every chart of the group. */
export function Legend({
  series,
  group = "page",
  most = 24,
}: {
  series: readonly LineSeries[];
  group?: string;
  most?: number;
}) {
  const pointed = usePointedRun(group);
  const named = series.filter((one) => !one.faint);
  const lit = named.some((one) => runOf(one) === pointed) ? pointed : null;
  return (
    <ul className="chart-legend">
      {named.slice(0, most).map((one) => (
        <li
          key={one.key}
          className={lit !== null && runOf(one) !== lit ? "quiet" : ""}
          onPointerEnter={() => pointedGroup(group).pointAt(runOf(one))}
          onPointerLeave={() => pointedGroup(group).pointAt(null)}
        >
          <svg width="16" height="8" aria-hidden="true">
            <path d="M0 4h16" stroke={one.colour} strokeWidth="2" strokeDasharray={one.dash?.join(" ")} />
          </svg>
          <span className="cut" title={one.label}>
            {one.label}
          </span>
        </li>
      ))}
      {named.length > most && <li>+{named.length - most}</li>}
    </ul>
  );
}
