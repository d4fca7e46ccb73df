import { t } from '@/messages/first';

/** Whether keys are called as on a Mac. */
export const isMac = /^(Mac|iP)/.test(navigator.platform);

/** What opens the search of everything. */
export function paletteKeys(): readonly string[] {
  return [isMac ? '⌘' : t.nav.ctrl, 'K'];
}
