import type { ReactNode } from 'react';
import { Tabs } from './tabs';
import { t } from '@/messages/later';

/** Projects, and what belongs to them. */
export function Sections({ children }: { children?: ReactNode }) {
  const tabs = [
    { to: '/projects', label: t.projects.title },
    { to: '/clients', label: t.clients.title },
    { to: '/tags', label: t.tags.title },
  ] as const;
  return (
    <Tabs label={t.projects.sections} tabs={tabs}>
      {children}
    </Tabs>
  );
}
