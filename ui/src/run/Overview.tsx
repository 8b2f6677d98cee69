import type { Around, Run } from "../api/types.gen";
import { Description } from "./Description";
import { Metrics } from "./Metrics";
import { Params } from "./Params";
import type { SavedModel } from "./runTags";
import { Summary } from "./Summary";
import type { RunSearch } from "./search";
import { Tags } from "./Tags";

interface Props {
  run: Run;
  around: Around | undefined;
  models: SavedModel[];
  go: (change: Partial<Record<keyof RunSearch, string>>, replace?: boolean) => void;
}

/** What a run came to: its results and what went in, and beside them what is known about it. */
export function Overview({ run, around, models, go }: Props) {
  return (
    <div className="run-overview">
      <div className="run-main">
        <Description run={run} />
        <Metrics run={run} show={(find) => go({ tab: "curves", find }, false)} />
        <Params run={run} />
      </div>
      <aside className="run-aside">
        <Summary run={run} around={around} models={models} go={go} />
        <Tags run={run} />
      </aside>
    </div>
  );
}
