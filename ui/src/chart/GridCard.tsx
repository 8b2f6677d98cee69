import { lazy, Suspense } from "react";
import { BarCard } from "./BarCard";
import { BoxCard } from "./BoxCard";
import { CorrelationCard } from "./CorrelationCard";
import { CurvePanel } from "./CurvePanel";
import type { GridCardProps } from "./gridCard";
import { ImportanceCard } from "./ImportanceCard";
import type { CurveOptions, RunGroup } from "./shown";

const ScatterCard = lazy(async () => ({ default: (await import("./ScatterCard")).ScatterCard }));
const ParallelCard = lazy(async () => ({ default: (await import("./ParallelCard")).ParallelCard }));

interface Props extends GridCardProps {
  groups: readonly RunGroup[] | undefined;
  options: CurveOptions;
}

/** A chart of the grid, by its kind. */
export function GridCard({ groups, options, ...props }: Props) {
  const { card, runs, hidden, height, menu, grip } = props;
  const wait = <div className="chart-card" style={{ blockSize: height + 60 }} />;
  switch (card.kind) {
    case "curve":
      return (
        <CurvePanel
          runs={runs}
          keys={card.fields}
          hidden={hidden}
          groups={groups}
          legend={groups !== undefined}
          options={options}
          height={height}
          menu={menu}
          grip={grip}
        />
      );
    case "scatter":
      return (
        <Suspense fallback={wait}>
          <ScatterCard {...props} />
        </Suspense>
      );
    case "parallel":
      return (
        <Suspense fallback={wait}>
          <ParallelCard {...props} />
        </Suspense>
      );
    case "bar":
      return <BarCard {...props} />;
    case "box":
      return <BoxCard {...props} />;
    case "importance":
      return <ImportanceCard {...props} />;
    case "correlation":
      return <CorrelationCard {...props} />;
  }
}
