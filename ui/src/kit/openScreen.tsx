/** For tests of screens: one screen at its own path, with what surrounds it on the page; all other paths are empty. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  type RouteComponent,
  RouterProvider,
} from "@tanstack/react-router";
import { render } from "@testing-library/react";
import { Toasts } from "./Toast";
import { TooltipProvider } from "./Tooltip";

export function openScreen(
  path: string,
  component: RouteComponent,
  address: string,
  validateSearch: (raw: Record<string, unknown>) => object,
) {
  const root = createRootRoute({ component: Frame, notFoundComponent: () => null });
  const screen = createRoute({ getParentRoute: () => root, path, component, validateSearch });
  const router = createRouter({
    routeTree: root.addChildren([screen]),
    history: createMemoryHistory({ initialEntries: [address] }),
  });
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  return render(
    <QueryClientProvider client={queries}>
      <TooltipProvider>
        <Toasts>
          <RouterProvider router={router as never} />
        </Toasts>
      </TooltipProvider>
    </QueryClientProvider>,
  );
}

function Frame() {
  return (
    <main id="main">
      <Outlet />
    </main>
  );
}
