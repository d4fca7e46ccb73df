/** The dialog of an entry that was open when the session ended is open again when its user is back. Loaded when there is one. */
import { useEffect } from 'react';
import { onSessionEnding } from '@/api/session';
import { openDialog, shownDialog, type SharedDialog } from './use-dialogs';
import { dropKept, isKeptBeside, keep, takeKept } from './use-kept';

const NAME = 'dialog';

onSessionEnding((reason) => {
  const dialog = shownDialog();
  if (reason === 'ended' && dialog !== null && dialog !== 'help' && dialog !== 'palette') keep(NAME, dialog);
});

export function KeptDialog() {
  useEffect(() => {
    // Without what was typed, which is sent by itself, there is no reason to open it.
    const dialog = isKeptBeside(NAME) ? takeKept<SharedDialog>(NAME) : undefined;
    dropKept(NAME);
    if (dialog !== undefined) openDialog(dialog);
  }, []);
  return null;
}
