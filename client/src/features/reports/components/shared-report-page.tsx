import { infiniteQueryOptions, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useLocation } from '@tanstack/react-router';
import { CalendarSearch, Printer } from 'lucide-react';
import { lazy, Suspense, useEffect, useMemo, useState, type ReactNode } from 'react';
import { isApiError } from '@/api/errors';
import { body, http } from '@/api/http';
import { watchOutages } from '@/api/recovery';
import type { Schemas } from '@/api/types';
import { AttemptError } from '@/components/attempt-error';
import { AuthCard, takeFocus } from '@/components/auth-card';
import { OlderEntries } from '@/components/older-entries';
import { PasswordInput } from '@/components/password-input';
import { EmptyState, ErrorState } from '@/components/states';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Skeleton, SkeletonRows } from '@/components/ui/skeleton';
import { browserZone } from '@/entities/me/me';
import { useForm } from '@/hooks/use-form';
import { usePageTitle } from '@/hooks/use-page-title';
import { usePreferences } from '@/hooks/use-preferences';
import { useWait } from '@/hooks/use-wait';
import { shownUnit } from '@/lib/time/apportion';
import { formatMoment } from '@/lib/time/moment';
import { dayOf, parseDay } from '@/lib/time/zoned';
import { t } from '@/messages/account';
import { roundingLabel } from '../labels';
import { apportionInOrder, daysIn } from '../list';
import { daysLabel } from '../ranges';
import { summaryRows } from '../rows';
import { ROUNDINGS } from '../search';
import { Days } from './days';
import { DetailedRow } from './detailed-row';
import { SummaryTable } from './summary-table';
import { Notices, TotalsBar } from './totals';

/** What the charts weigh comes after the figures, and only where there are charts. */
const SharedCharts = lazy(() =>
  import('./shared-charts').then(({ SharedCharts: component }) => ({ default: component })),
);

type LinkedReport = Schemas['LinkedReport'];

/** Of the whole time zone of a report: days of each member begin in the member's own. */
const ZONE_OF_MEMBERS = 'member';

/** A visitor has no way to entries beyond those of the report. */
const nowhere = () => null;

function linkQuery(token: string, password: string | null) {
  return infiniteQueryOptions({
    queryKey: ['linked-report', token, password],
    queryFn: ({ pageParam, signal }) =>
      body(
        http.POST('/api/report-links/open', {
          body: {
            token,
            ...(password === null ? {} : { password }),
            ...(pageParam === '' ? {} : { cursor: pageParam }),
          },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (page: LinkedReport) => page.nextCursor ?? undefined,
    enabled: token !== '',
    // The figures are of one moment, which the page names, and each answer costs the server a hash of the password.
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
}

/** The page of a link: it shows its report to everyone who has the link, and nothing else of the application. */
export function SharedReportPage() {
  // The secret stays in the address, so that a visitor can reload and bookmark the page; no server ever sees it there.
  const token = new URLSearchParams(useLocation().hash).get('token') ?? '';
  return (
    <>
      <meta name="robots" content="noindex, nofollow" />
      <Opening key={token} token={token} />
    </>
  );
}

function Opening({ token }: { token: string }) {
  const client = useQueryClient();
  const [password, setPassword] = useState<string | null>(null);
  const opened = useInfiniteQuery(linkQuery(token, password));
  const { error } = opened;
  const wait = useWait(error);
  usePreferences();
  useEffect(() => watchOutages(client).stop, [client]);
  const [page] = opened.data?.pages ?? [];
  if (page && opened.data)
    return (
      <Report
        report={page}
        entries={page.entries && opened.data.pages.flatMap(({ entries }) => entries ?? [])}
        more={<OlderEntries list={opened} />}
      />
    );
  if (token === '' || isApiError(error, 'invalid_token'))
    return (
      <AuthCard title={t.sharedReport.badTitle} isOutcome>
        <p className="text-sm">{t.sharedReport.incomplete}</p>
      </AuthCard>
    );
  if (isApiError(error, 'token_refused'))
    return (
      <AuthCard title={t.sharedReport.badTitle} isOutcome>
        <p className="text-sm">{t.sharedReport.bad}</p>
      </AuthCard>
    );
  if (isApiError(error, 'link_password_required'))
    return <PasswordForm token={token} onOpened={setPassword} />;
  if (isApiError(error, 'too_many_attempts'))
    return (
      <AuthCard title={t.sharedReport.failedTitle} isOutcome>
        <div className="grid gap-4">
          <AttemptError error={error} wait={wait} />
          <Button disabled={wait > 0} onClick={() => void opened.refetch()}>
            {t.action.retry}
          </Button>
        </div>
      </AuthCard>
    );
  if (error)
    return (
      <AuthCard title={t.sharedReport.title}>
        <ErrorState title={t.sharedReport.failedTitle} error={error} onRetry={() => void opened.refetch()} />
      </AuthCard>
    );
  return (
    <AuthCard title={t.sharedReport.title}>
      <SkeletonRows rows={2} label={t.sharedReport.opening} />
    </AuthCard>
  );
}

/** Asks for the password of the link, until it is right. */
function PasswordForm({ token, onOpened }: { token: string; onOpened: (password: string) => void }) {
  const client = useQueryClient();
  const form = useForm<{ password: string }>({
    keep: null,
    toValues: () => ({ password: '' }),
    codes: { wrong_link_password: 'password', invalid_password: 'password' },
    send: async ({ values: { password } }) => {
      await client.fetchInfiniteQuery(linkQuery(token, password));
      onOpened(password);
    },
    onDone: () => undefined,
  });
  const wait = useWait(form.formError);
  return (
    <AuthCard title={t.sharedReport.passwordTitle} hint={t.sharedReport.passwordHint}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (wait === 0) form.submit();
        }}
      >
        <Field label={t.auth.password} error={form.fieldError('password') && t.confirmIdentity.wrong}>
          {(field) => (
            <PasswordInput
              {...field}
              ref={takeFocus}
              name="link-password"
              autoComplete="current-password"
              required
              value={form.values.password}
              onChange={(event) => form.set({ password: event.currentTarget.value })}
            />
          )}
        </Field>
        <AttemptError error={form.formError} wait={wait} />
        <Button type="submit" variant="primary" size="lg" disabled={form.busy || wait > 0}>
          {t.sharedReport.open}
        </Button>
      </form>
    </AuthCard>
  );
}

interface ReportProps {
  report: LinkedReport;
  /** So far as they are loaded; null of a report of sums. */
  entries: LinkedReport['entries'];
  more: ReactNode;
}

function Report({ report: { name, workspace, summary }, entries, more }: ReportProps) {
  usePageTitle(name);
  const zone = summary.timeZone === ZONE_OF_MEMBERS ? browserZone : summary.timeZone;
  const today = dayOf(summary.asOf, zone);
  const [from, to] = [parseDay(summary.fromDate), parseDay(summary.toDate)];
  const round = ROUNDINGS.find((one) => one === summary.rounding?.mode);
  return (
    <main className="mx-auto w-full max-w-6xl px-3 py-6 sm:px-6 sm:py-8">
      <header className="mb-4 flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0">
          <h1
            ref={takeFocus}
            tabIndex={-1}
            className="text-xl font-semibold tracking-tight break-words outline-none"
          >
            <bdi>{name}</bdi>
          </h1>
          <p className="mt-1 text-[0.8125rem] break-words text-muted-foreground">
            {[
              workspace,
              from && to && daysLabel({ from, to }, today),
              summary.timeZone === ZONE_OF_MEMBERS
                ? t.sharedReport.zoneOfMembers
                : t.sharedReport.zone(summary.timeZone),
              round && summary.rounding && roundingLabel({ round, roundTo: summary.rounding.minutes }),
              t.sharedReport.asOf(formatMoment(summary.asOf, zone)),
            ]
              .filter(Boolean)
              .join(' · ')}
          </p>
        </div>
        <Button
          variant="ghost"
          className="px-2.5 max-sm:hidden print:hidden"
          aria-label={t.reports.print}
          title={t.reports.print}
          onClick={() => window.print()}
        >
          <Printer aria-hidden />
        </Button>
      </header>
      <Notices report={summary} timeZone={zone} />
      {summary.total.entries === 0 && (summary.compared?.total.entries ?? 0) === 0 ? (
        <EmptyState icon={<CalendarSearch aria-hidden />} title={t.sharedReport.none}>
          {t.sharedReport.noneHint}
        </EmptyState>
      ) : (
        <>
          <TotalsBar report={summary} drill={nowhere} />
          {entries === null ? (
            <Groups summary={summary} today={today} />
          ) : (
            <Entries entries={entries} zone={zone} today={today} />
          )}
          <div className="print:hidden">{more}</div>
        </>
      )}
      <p className="mt-8 text-center text-xs text-muted-foreground print:hidden">{t.app.name}</p>
    </main>
  );
}

type Today = ReturnType<typeof dayOf>;

function Groups({ summary, today }: { summary: LinkedReport['summary']; today: Today }) {
  const { duration } = usePreferences();
  const rows = useMemo(
    () => summaryRows(summary, shownUnit(), { catalog: undefined, today }),
    // The unit is that of the duration format.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [summary, duration],
  );
  return (
    <>
      <Suspense fallback={<Skeleton className="mb-3 h-76 rounded-xl" />}>
        <SharedCharts summary={summary} today={today} />
      </Suspense>
      <SummaryTable report={summary} rows={rows} drill={nowhere} />
    </>
  );
}

interface EntriesProps {
  entries: NonNullable<LinkedReport['entries']>;
  zone: string;
  today: Today;
}

function Entries({ entries, zone, today }: EntriesProps) {
  const lengths = entries.map(({ roundedSeconds }) => roundedSeconds);
  const pieces = daysIn(entries, apportionInOrder(lengths, shownUnit()), zone);
  const hasMembers = new Set(entries.map(({ member }) => member.id)).size > 1;
  return (
    <Days
      pieces={pieces}
      today={today}
      row={(entry, seconds) => (
        <DetailedRow
          key={entry.id}
          entry={entry}
          seconds={seconds}
          color={undefined}
          timeZone={zone}
          showMember={hasMembers}
          showAmount={false}
          busy={false}
        />
      )}
    />
  );
}
