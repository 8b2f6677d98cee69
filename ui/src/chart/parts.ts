/** The parts of ECharts that are used, in a file of their own so that they are fetched when a chart needs them. */
import { ParallelChart, ScatterChart } from "echarts/charts";
import {
  GridComponent,
  ParallelComponent,
  VisualMapContinuousComponent,
  VisualMapPiecewiseComponent,
} from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer, SVGRenderer } from "echarts/renderers";

use([
  ParallelChart,
  ScatterChart,
  GridComponent,
  ParallelComponent,
  VisualMapContinuousComponent,
  VisualMapPiecewiseComponent,
  CanvasRenderer,
  SVGRenderer,
]);

export { init };
