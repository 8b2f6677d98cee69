/** Every screen with its address, for what is checked and pictured on all of them. */
import type { Page } from "@playwright/test";
import { experimentId, runIds } from "./page";

export interface Screen {
  name: string;
  path: string;
  /** What shows that the screen is drawn. */
  ready: string;
}

export async function screens(page: Page): Promise<Screen[]> {
  const resnet = await experimentId(page, "vision/resnet");
  const churn = await experimentId(page, "tabular/churn");
  const tumours = await experimentId(page, "breast cancer");
  const gallery = (await runIds(page, await experimentId(page, "files/gallery")))[0];
  const forest = (await runIds(page, tumours, "run_name = 'RandomForest'"))[0];
  const booster = (await runIds(page, tumours, "run_name = 'XGBoost'"))[0];
  const swept = (await runIds(page, resnet, "", ["metrics.accuracy DESC"])).slice(0, 3);
  const compared = encodeURIComponent(JSON.stringify(swept));
  const models = encodeURIComponent(JSON.stringify([forest, booster]));
  const row = "[role=gridcell] a[href*='/runs/']";
  return [
    { name: "home", path: "/", ready: ".tree-row" },
    { name: "runs", path: `/experiments/${resnet}`, ready: row },
    { name: "runs-grouped", path: `/experiments/${resnet}?by=params.architecture`, ready: "[role=gridcell]" },
    { name: "runs-charts", path: `/experiments/${resnet}?show=both`, ready: "canvas" },
    { name: "runs-nested", path: `/experiments/${churn}`, ready: row },
    { name: "compare", path: `/compare?runs=${compared}`, ready: "table, [role=grid], [role=table]" },
    {
      name: "compare-curves",
      path: `/compare?runs=${compared}&view=curves&curves=${encodeURIComponent('{"smooth":0.6}')}`,
      ready: "canvas",
    },
    { name: "compare-evaluations", path: `/compare?runs=${models}&view=evaluation`, ready: "h1" },
    { name: "run", path: `/runs/${forest}`, ready: "h1" },
    { name: "run-curves", path: `/runs/${swept[0]}?tab=curves`, ready: "canvas" },
    {
      name: "run-artifacts",
      path: `/runs/${gallery}?tab=artifacts&path=tables%2Fvalues.csv`,
      ready: ".dtable",
    },
    { name: "run-evaluation", path: `/runs/${forest}?tab=evaluation`, ready: "h1" },
    { name: "run-datasets", path: `/runs/${forest}?tab=datasets`, ready: ".run-datasets" },
    { name: "run-model", path: `/runs/${forest}?tab=model`, ready: "h1" },
    { name: "models", path: "/models", ready: ".models-table a" },
    { name: "model", path: "/models/churn", ready: ".leaderboard tbody tr" },
    { name: "model-stages", path: "/models/churn?tab=stages", ready: ".lane-card" },
    { name: "model-history", path: "/models/churn?tab=history", ready: ".history li" },
    { name: "version", path: "/models/tumour-randomforest/versions/1", ready: ".usage" },
    { name: "version-files", path: "/models/tumour-randomforest/versions/1?tab=files", ready: ".artifacts" },
    { name: "trash", path: "/trash", ready: ".trash-list li" },
    { name: "trash-runs", path: "/trash?tab=runs", ready: ".trash-list li" },
    { name: "settings", path: "/settings", ready: ".choice" },
    { name: "lost", path: "/experiments/1/nothing/here", ready: ".empty" },
  ];
}
