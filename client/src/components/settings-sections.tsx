import type { ReactNode } from 'react';
import { useSession } from '@/hooks/use-session';
import { Tabs } from './tabs';
import { t } from '@/messages/later';

/** The settings of the page, of the account and of the workspace; without accounts there are only the first. */
export function SettingsSections({ children }: { children?: ReactNode }) {
  const { session } = useSession();
  if (session.owner === null) return null;
  const tabs = [
    { to: '/settings', label: t.settings.general },
    { to: '/account', label: t.settings.account },
    { to: '/members', label: t.settings.members },
  ] as const;
  return (
    <Tabs label={t.settings.sections} tabs={tabs}>
      {children}
    </Tabs>
  );
}
