import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { authSessionQuery } from './auth-session';
import { useMay } from './use-may';
import { useSession } from '@/hooks/use-session';
import { Tabs } from '@/components/tabs';
import { t } from '@/messages/later';

/** The settings of the page, of the account, of the workspace and of the installation; without accounts there are only the first. */
export function SettingsSections({ children }: { children?: ReactNode }) {
  const { session } = useSession();
  const audits = useMay()('see_audit_log');
  const administers = useQuery({ ...authSessionQuery, staleTime: Infinity }).data?.user?.administrator;
  if (session.owner === null) return null;
  const tabs = [
    { to: '/settings', label: t.settings.general },
    { to: '/account', label: t.settings.account },
    { to: '/members', label: t.settings.members },
    ...(audits ? ([{ to: '/audit-log', label: t.settings.auditLog }] as const) : []),
    ...(administers ? ([{ to: '/administration', label: t.settings.administration }] as const) : []),
  ] as const;
  return (
    <Tabs label={t.settings.sections} tabs={tabs}>
      {children}
    </Tabs>
  );
}
