import { useQueryClient } from "@tanstack/react-query";
import { renewCurves } from "../api/curves";
import { useNews } from "../api/live";

/** Asks for curves again when one of the runs has news. Draws nothing; stands only where a chart is in sight. */
export function LiveCurves({ runIds }: { runIds: readonly string[] }) {
  const queries = useQueryClient();
  useNews({ run_ids: [...runIds] }, () => renewCurves(queries));
  return null;
}
