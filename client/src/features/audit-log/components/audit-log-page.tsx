import { infiniteQueryOptions, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { answered, http, queryString } from '@/api/http';
import { saveFile } from '@/api/save-file';
import { DateInput } from '@/components/date-input';
import { PagedList, type ListPage } from '@/components/paged-list';
import { PageHeader } from '@/components/page-header';
import { SettingsSections } from '@/entities/me/settings-sections';
import { ErrorState } from '@/components/states';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { NativeSelect } from '@/components/ui/input';
import { SkeletonRows } from '@/components/ui/skeleton';
import { toast } from '@/components/ui/toast';
import { useCatalog } from '@/entities/catalog/catalog';
import { meQuery, useTimeZone } from '@/entities/me/me';
import { useMembers } from '@/entities/me/members';
import { mayRole } from '@/entities/me/roles';
import { usePreferences } from '@/hooks/use-preferences';
import { formatExactMoment } from '@/lib/time/moment';
import { endOfDay, parseDay, startOfDay, toTimestamp } from '@/lib/time/zoned';
import { t } from '@/messages/account';
import { ACTIONS, sentence, type AuditLine } from '../lines';

const PAGE_SIZE = 50;

interface Filter {
  userId?: string;
  action?: string;
  from?: string;
  to?: string;
}

function auditQuery(filter: Filter) {
  return infiniteQueryOptions({
    queryKey: ['audit-log', filter],
    queryFn: async ({ signal, pageParam }): Promise<ListPage<AuditLine>> => {
      const { data, response } = await answered(
        http.GET('/api/audit-log', {
          params: { query: { ...filter, limit: PAGE_SIZE, ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      );
      return { rows: data, nextCursor: response.headers.get('X-Next-Cursor') };
    },
    initialPageParam: '',
    getNextPageParam: (page: ListPage<AuditLine>) => page.nextCursor ?? undefined,
    refetchOnMount: 'always',
  });
}

interface Chosen {
  user: string;
  action: string;
  from: string;
  to: string;
}

const NOTHING: Chosen = { user: '', action: '', from: '', to: '' };

/** Who did what in the workspace, for its owners and administrators. */
export function AuditLogPage() {
  // Another language is another page.
  const { language } = usePreferences();
  const role = useQuery(meQuery).data?.role;
  return (
    <div key={language} className="max-w-3xl">
      <PageHeader title={t.audit.title} />
      <SettingsSections />
      {role === undefined ? (
        <SkeletonRows rows={6} label={t.audit.loading} />
      ) : mayRole(role, 'see_audit_log') ? (
        <Log />
      ) : (
        <p className="text-sm text-muted-foreground">{t.audit.notYours}</p>
      )}
    </div>
  );
}

function Log() {
  const timeZone = useTimeZone();
  const people = useMembers();
  const places = useCatalog();
  const [members = [], catalog] = [people.data, places.data];
  const [chosen, setChosen] = useState(NOTHING);
  const [busy, setBusy] = useState(false);
  const [from, to] = [parseDay(chosen.from), parseDay(chosen.to)];
  const filter: Filter = {
    ...(chosen.user ? { userId: chosen.user } : {}),
    ...(chosen.action ? { action: chosen.action } : {}),
    ...(from ? { from: toTimestamp(startOfDay(from, timeZone)) } : {}),
    ...(to ? { to: toTimestamp(endOfDay(to, timeZone)) } : {}),
  };
  const list = useInfiniteQuery(auditQuery(filter));
  const failed = [people, places].find(({ data, error }) => !data && error);
  const isEmpty = !list.data?.pages.some(({ rows }) => rows.length > 0);
  const isFiltered = Object.keys(filter).length > 0;
  const names = {
    member: (id: unknown) => members.find((member) => member.id === id)?.name,
    project: (id: unknown) => (typeof id === 'string' ? catalog?.project(id)?.name : undefined),
  };
  const save = () => {
    setBusy(true);
    saveFile(`/api/audit-log/export${queryString({ ...filter })}`)
      .catch((error: unknown) => toast.error(error, { title: t.audit.notExported }))
      .finally(() => setBusy(false));
  };
  const set = (changes: Partial<Chosen>) => setChosen((before) => ({ ...before, ...changes }));
  return (
    <>
      <p className="mb-4 text-[0.8125rem] text-muted-foreground">{t.audit.hint}</p>
      <div
        role="search"
        aria-label={t.audit.filter}
        className="mb-4 grid gap-3 sm:grid-cols-2 lg:grid-cols-4"
      >
        <Field label={t.audit.by}>
          {(field) => (
            <NativeSelect
              {...field}
              value={chosen.user}
              onChange={(event) => set({ user: event.currentTarget.value })}
            >
              <option value="">{t.audit.everyone}</option>
              {members.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </NativeSelect>
          )}
        </Field>
        <Field label={t.audit.what}>
          {(field) => (
            <NativeSelect
              {...field}
              value={chosen.action}
              onChange={(event) => set({ action: event.currentTarget.value })}
            >
              <option value="">{t.audit.everything}</option>
              {ACTIONS.map((action) => (
                <option key={action} value={action}>
                  {t.audit.actions[action]}
                </option>
              ))}
            </NativeSelect>
          )}
        </Field>
        <Field label={t.filters.from}>
          {(field) => <DateInput {...field} value={chosen.from} onCommit={(day) => set({ from: day })} />}
        </Field>
        <Field label={t.filters.to}>
          {(field) => <DateInput {...field} value={chosen.to} onCommit={(day) => set({ to: day })} />}
        </Field>
      </div>
      <div className="mb-3 flex flex-wrap justify-end gap-2">
        {isFiltered && (
          <Button variant="ghost" onClick={() => setChosen(NOTHING)}>
            {t.list.clearFilters}
          </Button>
        )}
        <Button disabled={busy || isEmpty} onClick={save}>
          <Download aria-hidden /> {t.audit.export}
        </Button>
      </div>
      <div className="rounded-xl border bg-surface px-4 pb-2 shadow-card">
        {failed ? (
          <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />
        ) : !people.data || !catalog ? (
          // Without names, those who are members would be called former ones, and projects deleted.
          <SkeletonRows rows={6} label={t.audit.loading} />
        ) : (
          <PagedList
            list={list}
            label={t.audit.title}
            loading={t.audit.loading}
            placeholders={6}
            empty={isFiltered ? t.audit.noneFoundHint : t.audit.noneHint}
            more={t.administration.log.more}
          >
            {(line) => (
              <Line
                key={line.id}
                line={line}
                text={sentence(line, names)}
                by={line.userId === null ? null : (names.member(line.userId) ?? t.audit.someone)}
                timeZone={timeZone}
              />
            )}
          </PagedList>
        )}
      </div>
    </>
  );
}

interface LineProps {
  line: AuditLine;
  text: string;
  /** The user; null for what the server did by itself. */
  by: string | null;
  timeZone: string;
}

function Line({ line, text, by, timeZone }: LineProps) {
  const actor = by ?? (line.actor === 'command' ? t.audit.command : t.audit.server);
  return (
    <li className="py-2.5 text-sm">
      <p>
        <bdi className="font-medium">{actor}</bdi>
        {line.actor === 'token' && <span className="text-muted-foreground"> {t.audit.byToken}</span>} {text}
      </p>
      <p className="text-[0.8125rem] text-muted-foreground">
        <time dateTime={line.at}>{formatExactMoment(line.at, timeZone)}</time>
        {line.address && ` · ${t.audit.from(line.address)}`}
      </p>
    </li>
  );
}
