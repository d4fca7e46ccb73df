import { useQuery } from '@tanstack/react-query';
import { LogOut, UserRound } from 'lucide-react';
import { useState } from 'react';
import { PageHeader } from '@/components/page-header';
import { SettingsSections } from '@/entities/me/settings-sections';
import { EmptyState, ErrorState } from '@/components/states';
import { Button } from '@/components/ui/button';
import { SkeletonRows } from '@/components/ui/skeleton';
import { authSessionQuery } from '@/entities/me/auth-session';
import { usePreferences } from '@/hooks/use-preferences';
import { t } from '@/messages/account';
import { useSignOut } from '../hooks/use-sign-out';
import { AddressSection } from './address-section';
import { DataSection } from './data-section';
import { DeleteAccount, DeletionNotice } from './delete-account';
import { PasswordSection } from './password-section';
import { SecondFactorSection } from './second-factor-section';
import { SessionsSection } from './sessions-section';
import { TokensSection } from './tokens-section';

/** What the user signs in with, where they are signed in, the tokens of their programs, their data, and the end of the account. */
export function AccountPage() {
  const { data: told, isError, error, refetch } = useQuery(authSessionQuery);
  const { begin, question } = useSignOut();
  /** What the user has done about the deletion of the account on this page. */
  const [deletion, setDeletion] = useState<'requested' | 'undone' | null>(null);
  // Another language is another page.
  const { language } = usePreferences();
  const user = told?.user;
  return (
    <div key={language} className="max-w-3xl">
      <PageHeader title={t.account.title}>
        {user && (
          <Button onClick={begin}>
            <LogOut aria-hidden /> {t.userMenu.signOut}
          </Button>
        )}
      </PageHeader>
      <SettingsSections />
      {user && (user.deletionDueAt !== null || deletion === 'undone') && (
        <DeletionNotice
          key={user.deletionDueAt}
          dueAt={user.deletionDueAt}
          focuses={deletion === 'requested'}
          onUndone={() => setDeletion('undone')}
        />
      )}
      {isError ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : !told ? (
        <SkeletonRows rows={4} label={t.auth.loading} />
      ) : !user ? (
        <EmptyState icon={<UserRound aria-hidden />} title={t.account.none}>
          {t.account.noneHint}
        </EmptyState>
      ) : (
        <div key={user.id} className="grid gap-5">
          <AddressSection user={user} hasMail={told.mail} />
          {told.passwords && <PasswordSection user={user} />}
          <SecondFactorSection user={user} />
          <SessionsSection />
          <TokensSection />
          <DataSection hasMail={told.mail} />
          {user.deletionDueAt === null && <DeleteAccount onRequested={() => setDeletion('requested')} />}
        </div>
      )}
      {question}
    </div>
  );
}
