import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { valuesOf } from "../api/runs";
import type { Fields, Where } from "../api/types.gen";
import {
  fieldOffers,
  joinOffers,
  knownValues,
  type Offer,
  operatorOffers,
  type Spot,
  timeOffers,
  valueOffers,
} from "./complete";
import { useSettled } from "./useSettled";

const PAUSE = 80;
const NONE: Offer[] = [];

/** What may stand at the caret; values are those that the runs have. */
export function useOffers(open: boolean, spot: Spot, where: Where, fields: Fields | undefined): Offer[] {
  const known = spot.kind === "value" ? knownValues(spot.field) : null;
  const begins = useSettled(spot.begins, PAUSE);
  const { query: _query, roots: _roots, ...scope } = where;
  const asked = open && spot.kind === "value" && known === null && spot.field !== "";
  const found = useQuery({
    queryKey: ["runs", "values", scope, spot.field, begins],
    queryFn: ({ signal }) => valuesOf(scope, spot.field, begins, signal),
    enabled: asked,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
  if (!open) return NONE;
  switch (spot.kind) {
    case "field":
      return fields ? fieldOffers(fields, spot.begins) : NONE;
    case "operator":
      return operatorOffers(spot.field, spot.begins);
    case "join":
      return joinOffers(spot.begins);
    case "value": {
      if (known) {
        const begun = known.filter((value) => value.toLowerCase().startsWith(spot.begins.toLowerCase()));
        return [...timeOffers(spot.field, spot.begins), ...valueOffers(begun)];
      }
      return valueOffers(found.data ?? []);
    }
    default:
      return NONE;
  }
}
