import { useRouter } from '@tanstack/react-router';
import { openDialog, type SharedDialog } from './use-dialogs';

/** Opens a dialog of the page of entries again, from every page: what was typed in it was refused when it had gone. */
export function useReopen(): (dialog: SharedDialog) => void {
  const router = useRouter();
  return (dialog) => {
    openDialog(dialog);
    if (router.state.location.pathname !== '/') void router.navigate({ to: '/', search: {} });
  };
}
