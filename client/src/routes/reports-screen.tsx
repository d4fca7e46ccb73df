import { useNavigate, useSearch } from '@tanstack/react-router';
import { ReportsPage } from '@/features/reports/components/reports-page';

/** The reports, whose whole question is in the URL. */
export function ReportsScreen() {
  const url = useSearch({ from: '/reports' });
  const navigate = useNavigate({ from: '/reports' });
  return (
    <ReportsPage
      url={url}
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
