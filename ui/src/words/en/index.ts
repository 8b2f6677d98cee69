import artifacts from "./artifacts.json";
import charts from "./charts.json";
import compare from "./compare.json";
import experiments from "./experiments.json";
import kit from "./kit.json";
import models from "./models.json";
import reports from "./reports.json";
import run from "./run.json";
import runs from "./runs.json";
import settings from "./settings.json";
import shell from "./shell.json";
import trash from "./trash.json";

export const en = {
  artifacts,
  charts,
  compare,
  experiments,
  kit,
  models,
  reports,
  run,
  runs,
  settings,
  shell,
  trash,
};
