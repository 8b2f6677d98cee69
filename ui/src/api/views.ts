/** Saved views of the runs' screens. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call } from "./call";
import { DELETE_VIEW, LIST_VIEWS, SAVE_VIEW, type SaveView, type View } from "./types.gen";

export function useViews(scope: string) {
  return useQuery({
    queryKey: ["views", scope],
    queryFn: async ({ signal }) => (await call(LIST_VIEWS, { scope }, signal)).views,
    staleTime: 60_000,
  });
}

export function useSaveView() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (view: SaveView): Promise<View> => call(SAVE_VIEW, view),
    onSettled: (_view, _error, { scope }) => queries.invalidateQueries({ queryKey: ["views", scope] }),
  });
}

export function useDeleteView() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id }: View) => call(DELETE_VIEW, { id }),
    onSettled: (_done, _error, { scope }) => queries.invalidateQueries({ queryKey: ["views", scope] }),
  });
}
