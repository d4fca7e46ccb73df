import { createRoute, useNavigate } from '@tanstack/react-router';
import { EntriesPage } from '@/features/entries/components/entries-page';
import { readSearch } from '@/features/entries/search';
import { rootRoute } from './root';

export const timeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  validateSearch: readSearch,
  component: TimePage,
});

function TimePage() {
  const search = timeRoute.useSearch();
  const navigate = useNavigate({ from: '/' });
  return (
    <EntriesPage
      search={search}
      onSearch={(changes) =>
        void navigate({
          search: (before) => ({ ...before, ...changes }),
          // Typing in the search field makes no history of its letters.
          replace: 'q' in changes,
          resetScroll: false,
        })
      }
    />
  );
}
