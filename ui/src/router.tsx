/** Paths to screens. Each screen is loaded when first visited; what it shares through the URL is checked in its own file. */
import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { root } from "./api/call";
import { checkCompareSearch } from "./compare/search";
import { checkHomeSearch } from "./experiments/search";
import { Lost } from "./kit/Lost";
import { Problem } from "./kit/Problem";
import { checkModelSearch, checkModelsSearch, checkVersionSearch } from "./models/search";
import { checkRunSearch } from "./run/search";
import { startRuns } from "./runs/first";
import { checkRunsSearch } from "./runs/search";
import { Shell } from "./shell/Shell";
import { checkTrashSearch } from "./trash/search";

interface Context {
  queries: QueryClient;
}

const top = createRootRouteWithContext<Context>()({
  component: Shell,
  notFoundComponent: Lost,
  errorComponent: ({ error, reset }) => <Problem error={error} retry={reset} />,
});

const home = createRoute({
  getParentRoute: () => top,
  path: "/",
  validateSearch: checkHomeSearch,
  component: lazyRouteComponent(() => import("./experiments/HomeScreen"), "HomeScreen"),
});

/** Runs of one experiment, or of several: ids joined by commas. */
const experiment = createRoute({
  getParentRoute: () => top,
  path: "/experiments/$ids",
  validateSearch: checkRunsSearch,
  loader: ({ context, params, location }) => startRuns(context.queries, params, location.search),
  component: lazyRouteComponent(() => import("./runs/RunsScreen"), "RunsScreen"),
});

/** Runs of every experiment whose name begins with a folder's path. */
const folder = createRoute({
  getParentRoute: () => top,
  path: "/folders/$",
  validateSearch: checkRunsSearch,
  loader: ({ context, params, location }) => startRuns(context.queries, params, location.search),
  component: lazyRouteComponent(() => import("./runs/FolderScreen"), "FolderScreen"),
});

const run = createRoute({
  getParentRoute: () => top,
  path: "/runs/$runId",
  validateSearch: checkRunSearch,
  component: lazyRouteComponent(() => import("./run/RunScreen"), "RunScreen"),
});

/** MLflow's path of a run. */
const runOfExperiment = createRoute({
  getParentRoute: () => top,
  path: "/experiments/$ids/runs/$runId",
  beforeLoad: ({ params }) => {
    throw redirect({ to: "/runs/$runId", params: { runId: params.runId }, replace: true });
  },
});

const compare = createRoute({
  getParentRoute: () => top,
  path: "/compare",
  validateSearch: checkCompareSearch,
  component: lazyRouteComponent(() => import("./compare/CompareScreen"), "CompareScreen"),
});

const models = createRoute({
  getParentRoute: () => top,
  path: "/models",
  validateSearch: checkModelsSearch,
  component: lazyRouteComponent(() => import("./models/ModelsScreen"), "ModelsScreen"),
});

const model = createRoute({
  getParentRoute: () => top,
  path: "/models/$name",
  validateSearch: checkModelSearch,
  component: lazyRouteComponent(() => import("./models/ModelScreen"), "ModelScreen"),
});

const version = createRoute({
  getParentRoute: () => top,
  path: "/models/$name/versions/$version",
  validateSearch: checkVersionSearch,
  component: lazyRouteComponent(() => import("./models/VersionScreen"), "VersionScreen"),
});

const settings = createRoute({
  getParentRoute: () => top,
  path: "/settings",
  component: lazyRouteComponent(() => import("./settings/SettingsScreen"), "SettingsScreen"),
});

const trash = createRoute({
  getParentRoute: () => top,
  path: "/trash",
  validateSearch: checkTrashSearch,
  component: lazyRouteComponent(() => import("./trash/TrashScreen"), "TrashScreen"),
});

const tree = top.addChildren([
  home,
  experiment,
  folder,
  run,
  runOfExperiment,
  compare,
  models,
  model,
  version,
  settings,
  trash,
]);

export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree: tree,
    basepath: root,
    context: { queries },
    defaultPreload: "intent",
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
