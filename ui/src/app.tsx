import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { ApiError } from "./api/call";
import { Toasts } from "./kit/Toast";
import { TooltipProvider } from "./kit/Tooltip";
import { makeRouter } from "./router";
import { sawNoServer, sawServer } from "./state/reach";

const answered = { onSuccess: sawServer, onError: missed };

const queries = new QueryClient({
  queryCache: new QueryCache(answered),
  mutationCache: new MutationCache(answered),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      gcTime: 120_000,
      refetchOnWindowFocus: true,
      networkMode: "always", // the server may be on this machine, whatever the network does
      // A refusal is an answer; only a server that is too busy or starting is asked again.
      retry: (count, error) => count < 3 && error instanceof ApiError && error.status === 503,
    },
    mutations: { networkMode: "always" },
  },
});
const router = makeRouter(queries);

function missed(error: Error): void {
  if (!(error instanceof ApiError)) return;
  if (error.status === 0) sawNoServer(() => queries.invalidateQueries());
  else sawServer();
}

export function App() {
  return (
    <QueryClientProvider client={queries}>
      <TooltipProvider>
        <Toasts>
          <RouterProvider router={router} />
        </Toasts>
      </TooltipProvider>
    </QueryClientProvider>
  );
}
