import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { ApiError } from "./api/call";
import { Toasts } from "./kit/Toast";
import { TooltipProvider } from "./kit/Tooltip";
import { makeRouter } from "./router";

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      gcTime: 120_000,
      refetchOnWindowFocus: true,
      // A refusal is an answer; only a server that cannot be reached is asked again.
      retry: (count, error) =>
        count < 3 && (!(error instanceof ApiError) || error.status === 0 || error.status === 503),
    },
  },
});
const router = makeRouter(queries);

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
