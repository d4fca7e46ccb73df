import { useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { body, http } from '@/api/http';
import { keys } from '@/api/keys';
import type { Me, UpdateMe } from '@/api/types';
import { toast } from '@/components/ui/toast';
import { setTheme, type Theme } from '@/hooks/use-theme';
import { preferences, setPreferences, type Preferences } from '@/lib/preferences';
import { browserLanguage, showLanguage } from '@/messages/language';
import { meQuery } from './me';
import { settingsOf, toPreferences, toUpdate } from './settings';

/** Shows a language as soon as its messages are there, and keeps the choice only then. */
async function apply(changes: Partial<Preferences>): Promise<void> {
  const { language } = changes;
  if (language !== undefined) await showLanguage(language === 'auto' ? browserLanguage() : language);
  setPreferences(changes);
}

function themeOf(settings: Record<string, unknown>): Theme {
  return settings.theme === 'light' || settings.theme === 'dark' ? settings.theme : 'system';
}

/** Choices of this page that are on their way to the server: until they are there, its answers say what was before. */
let choosing = 0;

/** Follows what the person has chosen on another device; once per page. */
export function FollowSettings(): null {
  const { data: me } = useQuery(meQuery);
  useEffect(() => {
    const settings = me && settingsOf(me);
    if (!settings || choosing > 0) return;
    setTheme(themeOf(settings));
    const current = preferences();
    const changes = Object.fromEntries(
      Object.entries(toPreferences(settings)).filter(
        ([name, value]) => current[name as keyof Preferences] !== value,
      ),
    ) as Partial<Preferences>;
    // A language that cannot be fetched is tried again with the next page.
    if (Object.keys(changes).length > 0) apply(changes).catch(() => undefined);
  }, [me]);
  return null;
}

/** Keeps a choice on the server, for all other devices; also one that is made before the page knows the person. */
async function keep(
  client: QueryClient,
  show: () => Promise<void> | void,
  update: UpdateMe | null,
): Promise<void> {
  choosing += 1;
  try {
    await show();
    if (!update) return;
    const me = await client.ensureQueryData(meQuery);
    if (!settingsOf(me)) return;
    client.setQueryData<Me>(keys.me, await body(http.PATCH('/api/me', { body: update })));
  } finally {
    choosing -= 1;
  }
}

/** Changes the theme: here at once, and on the server. */
export function useChooseTheme(): (theme: Theme) => void {
  const client = useQueryClient();
  return (theme) => {
    const update = { settings: { theme: theme === 'system' ? null : theme } } as UpdateMe;
    keep(client, () => setTheme(theme), update).catch((error: unknown) => toast.error(error));
  };
}

/** Changes how things are shown: here at once, and on the server. */
export function useChoosePreferences(): (changes: Partial<Preferences>) => void {
  const client = useQueryClient();
  return (changes) => {
    keep(client, () => apply(changes), toUpdate(changes)).catch((error: unknown) => toast.error(error));
  };
}
