import type { ReactElement } from 'react';
import type { Entry } from '@/api/types';
import { usePopup } from '@/components/ui/popup';
import { deferred } from '@/lib/deferred';
import type { RowActions } from './entry-row';

const part = deferred(() => import('./row-menu-panel'));

interface RowMenuProps {
  trigger: ReactElement;
  entry: Entry;
  actions: RowActions;
}

/** The menu of an entry: of hundreds of rows, none has its items before it is opened. */
export function RowMenu({ trigger, entry, actions }: RowMenuProps) {
  const { button, loaded, panel } = usePopup('menu', part, trigger);
  return (
    <>
      {button}
      {loaded && <loaded.RowMenuPanel entry={entry} actions={actions} {...panel} />}
    </>
  );
}
