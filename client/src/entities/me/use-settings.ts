import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { body, http } from '@/api/http';
import { keys } from '@/api/keys';
import type { Me } from '@/api/types';
import { toast } from '@/components/ui/toast';
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

/** Follows what the person has chosen on another device; once per page. */
export function FollowSettings(): null {
  const { data: me } = useQuery(meQuery);
  useEffect(() => {
    const settings = me && settingsOf(me);
    if (!settings) return;
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

/** Changes how things are shown: here at once, and on the server for all other devices. */
export function useChoosePreferences(): (changes: Partial<Preferences>) => void {
  const client = useQueryClient();
  return (changes) => {
    const choose = async () => {
      await apply(changes);
      const me = client.getQueryData<Me>(keys.me);
      const update = toUpdate(changes);
      if (!me || !settingsOf(me) || !update) return;
      client.setQueryData<Me>(keys.me, await body(http.PATCH('/api/me', { body: update })));
    };
    choose().catch((error: unknown) => toast.error(error));
  };
}
