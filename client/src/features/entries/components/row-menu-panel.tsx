import { CalendarPlus, Copy, Pencil, Scissors, Trash2 } from 'lucide-react';
import type { Entry } from '@/api/types';
import { MenuPanel } from '@/components/ui/menu-panel';
import type { PanelProps } from '@/components/ui/popup';
import { isOwn } from '@/entities/entry/filters';
import { isPending } from '@/entities/entry/pending';
import { t } from '@/messages/later';
import type { RowActions } from './entry-row';

interface RowMenuPanelProps extends PanelProps {
  entry: Entry;
  actions: RowActions;
}

/** Everything that can be done with an entry. */
export function RowMenuPanel({ entry, actions, ...panel }: RowMenuPanelProps) {
  const isFixed = entry.stoppedAt === null || isPending(entry);
  return (
    <MenuPanel
      {...panel}
      items={[
        {
          label: t.action.editMore,
          icon: <Pencil aria-hidden />,
          onClick: () => actions.openEditor(entry),
        },
        {
          label: t.rowMenu.duplicate,
          icon: <Copy aria-hidden />,
          disabled: isFixed,
          onClick: () => actions.duplicate(entry),
        },
        {
          label: t.rowMenu.copyToToday,
          icon: <CalendarPlus aria-hidden />,
          // A copy of a member's entry is the member's, but a new entry is made for oneself only.
          disabled: isFixed || !isOwn(entry),
          onClick: () => actions.copyToToday(entry),
        },
        {
          label: t.rowMenu.split,
          icon: <Scissors aria-hidden />,
          disabled: isFixed,
          onClick: () => actions.openSplit(entry),
        },
        null,
        {
          label: t.action.delete,
          icon: <Trash2 aria-hidden />,
          danger: true,
          onClick: () => actions.remove([entry]),
        },
      ]}
    />
  );
}
