import { useQuery } from '@tanstack/react-query';
import { LogOut, UserRound } from 'lucide-react';
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
import { PasswordSection } from './password-section';
import { SecondFactorSection } from './second-factor-section';
import { SessionsSection } from './sessions-section';
import { TokensSection } from './tokens-section';

/** What the user signs in with, where they are signed in, and the tokens of their programs. */
export function AccountPage() {
  const { data: told, isError, error, refetch } = useQuery(authSessionQuery);
  const { begin, question } = useSignOut();
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
      {isError ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : !told ? (
        <SkeletonRows rows={4} label={t.auth.loading} />
      ) : !user ? (
        <EmptyState icon={<UserRound aria-hidden />} title={t.account.none}>
          {t.account.noneHint}
        </EmptyState>
      ) : (
        <div className="grid gap-5">
          <AddressSection user={user} hasMail={told.mail} />
          {told.passwords && <PasswordSection user={user} />}
          <SecondFactorSection user={user} />
          <SessionsSection />
          <TokensSection />
        </div>
      )}
      {question}
    </div>
  );
}
