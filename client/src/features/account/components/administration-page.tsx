import { useQuery } from '@tanstack/react-query';
import { PageHeader } from '@/components/page-header';
import { ErrorState } from '@/components/states';
import { SkeletonRows } from '@/components/ui/skeleton';
import { authSessionQuery } from '@/entities/me/auth-session';
import { SettingsSections } from '@/entities/me/settings-sections';
import { usePreferences } from '@/hooks/use-preferences';
import { t } from '@/messages/account';
import { AdministrationDiagnostics } from './administration-diagnostics';
import { AdministrationJobs } from './administration-jobs';
import { AdministrationLog } from './administration-log';
import { AdministrationUsers } from './administration-users';
import { AdministrationWorkspaces } from './administration-workspaces';

/** What concerns the whole installation, for its administrators. */
export function AdministrationPage() {
  const { data: told, isError, error, refetch } = useQuery(authSessionQuery);
  // Another language is another page.
  const { language } = usePreferences();
  const user = told?.user;
  return (
    <div key={language} className="max-w-3xl">
      <PageHeader title={t.administration.title} />
      <SettingsSections />
      {isError && !told ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : !told ? (
        <SkeletonRows rows={4} label={t.auth.loading} />
      ) : user?.administrator ? (
        <div className="grid gap-5">
          <AdministrationUsers self={user.id} />
          <AdministrationWorkspaces />
          <AdministrationJobs />
          <AdministrationDiagnostics />
          <AdministrationLog />
        </div>
      ) : (
        <p className="text-sm text-muted-foreground">{t.administration.notYours}</p>
      )}
    </div>
  );
}
