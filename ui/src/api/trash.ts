/** Deleted runs, which can be brought back. */
import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { call } from "./call";
import { CHANGE, TABLE } from "./types.gen";

const PAGE = 100;

export function useDeletedRuns(query: string) {
  return useInfiniteQuery({
    queryKey: ["trash", "runs", query],
    queryFn: ({ pageParam, signal }) =>
      call(TABLE, { query, view: "DELETED_ONLY", max_results: PAGE, page_token: pageParam }, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_page_token || undefined,
    placeholderData: keepPreviousData,
  });
}

export function useRestoreRuns() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ run_ids, action }: { run_ids: string[]; action: "restore" | "delete" }) =>
      call(CHANGE, { run_ids, action }),
    onSettled: () => queries.invalidateQueries(),
  });
}
