import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { Checked } from "../api/types.gen";
import { checkQuery } from "./first";
import { useSettled } from "./useSettled";

const PAUSE = 140;

/** What is wrong with a query, once typing pauses; a good one is told to `good`. */
export function useVerdict(text: string, good: (query: string) => void): Checked | null {
  const settled = useSettled(text, PAUSE).trim();
  const verdict = useQuery(checkQuery(settled)).data;
  const latest = useRef(good);
  latest.current = good;
  useEffect(() => {
    if (settled === "") latest.current("");
    else if (verdict && verdict.kind !== "wrong") latest.current(settled);
  }, [settled, verdict]);
  return verdict?.kind === "wrong" && text.trim() !== "" ? verdict : null;
}
