import { QueryClientProvider } from '@tanstack/react-query';
import {
  createMemoryHistory,
  createRootRoute,
  createRouter,
  RouterContextProvider,
} from '@tanstack/react-router';
import { render } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ReactNode } from 'react';
import { createQueryClient } from '@/api/query-client';
import { Toaster } from '@/components/ui/toast';

/** Renders a part of the application with all that it stands in, at a path, and a user who clicks and types. */
export function renderApp(children: ReactNode, at = '/') {
  const client = createQueryClient();
  const defaults = client.getDefaultOptions();
  client.setDefaultOptions({ ...defaults, queries: { ...defaults.queries, retry: false } });
  const router = createRouter({
    routeTree: createRootRoute(),
    history: createMemoryHistory({ initialEntries: [at] }),
  });
  const user = userEvent.setup();
  const view = render(
    <QueryClientProvider client={client}>
      {/* Its routes are not the application's: the links only need to know where they are. */}
      <RouterContextProvider router={router as never}>
        {children}
        <Toaster />
      </RouterContextProvider>
    </QueryClientProvider>,
  );
  return { user, client, ...view };
}
