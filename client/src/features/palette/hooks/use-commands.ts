import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { Entry } from '@/api/types';
import { toast } from '@/components/ui/toast';
import type { CategoryPlace } from '@/entities/catalog/catalog';
import { useStartTimer, useStopTimer } from '@/entities/entry/mutations';
import { activeQuery, useLastEntry } from '@/entities/entry/queries';
import { startRequest, stopRequest } from '@/entities/entry/requests';
import { useEntryActions } from '@/entities/entry/use-entry-actions';
import { useMay } from '@/entities/me/use-may';
import { useChooseTheme } from '@/entities/me/use-settings';
import { openDialog } from '@/hooks/use-dialogs';
import { t } from '@/messages/later';
import type { Command } from '../commands';

/** What can be done without finding anything first, and what is done with what was found. */
export function useCommands() {
  const navigate = useNavigate();
  const running = useQuery(activeQuery).data ?? null;
  const last = useLastEntry();
  const stopTimer = useStopTimer();
  const startTimer = useStartTimer();
  const entryActions = useEntryActions();
  const chooseTheme = useChooseTheme();
  const may = useMay();
  const tracks = may('track_time');

  const timer: Command[] = running
    ? [
        {
          id: 'stop',
          label: t.timer.stopLong,
          run: () => {
            stopTimer
              .send(stopRequest(running))
              .catch((error: unknown) => toast.error(error, { title: t.timer.notStopped }));
          },
        },
      ]
    : [];
  const actions: Command[] = [
    ...timer,
    ...(tracks && last
      ? [{ id: 'continue', label: t.palette.continueLast, run: () => entryActions.resume(last) }]
      : []),
    ...(tracks
      ? [
          {
            id: 'add',
            label: t.action.add,
            run: () => {
              openDialog('add');
              void navigate({ to: '/', search: {} });
            },
          },
        ]
      : []),
    { id: 'help', label: t.help.title, run: () => openDialog('help') },
    ...(['light', 'dark', 'system'] as const).map((theme) => ({
      id: `theme ${theme}`,
      label: t.palette.theme[theme],
      run: () => chooseTheme(theme),
    })),
  ];
  const pages: Command[] = [
    { id: '/', label: t.nav.timer, run: () => void navigate({ to: '/', search: {} }) },
    { id: '/reports', label: t.nav.reports, run: () => void navigate({ to: '/reports', search: {} }) },
    { id: '/projects', label: t.nav.projects, run: () => void navigate({ to: '/projects', search: {} }) },
    { id: '/clients', label: t.palette.clients, run: () => void navigate({ to: '/clients' }) },
    { id: '/tags', label: t.palette.tags, run: () => void navigate({ to: '/tags' }) },
    ...(may('import')
      ? [{ id: '/import', label: t.palette.import, run: () => void navigate({ to: '/import' }) }]
      : []),
    { id: '/settings', label: t.nav.settings, run: () => void navigate({ to: '/settings' }) },
  ];
  return {
    tracks,
    actions,
    pages,
    start: ({ category, project }: CategoryPlace) => {
      startTimer
        .send(startRequest({ categoryId: category.id, billable: project.billable }, project.id))
        .catch((error: unknown) => toast.error(error, { title: t.timer.notStarted }));
    },
    resume: (entry: Entry) => entryActions.resume(entry),
  };
}
