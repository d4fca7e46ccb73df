import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Monitor, Smartphone } from 'lucide-react';
import { body, http } from '@/api/http';
import { keys } from '@/api/keys';
import { untold } from '@/api/query-client';
import type { Schemas } from '@/api/types';
import { Section } from '@/components/section';
import { ErrorState } from '@/components/states';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { SkeletonRows } from '@/components/ui/skeleton';
import { toast } from '@/components/ui/toast';
import { useTimeZone } from '@/entities/me/me';
import { formatMoment } from '@/lib/time/moment';
import { t } from '@/messages/account';
import { describeDevice } from '../device';

const sessionsQuery = queryOptions({
  queryKey: keys.sessions,
  queryFn: ({ signal }) => body(http.GET('/api/auth/sessions', { signal })),
  ...untold,
});

/** Where the user is signed in. */
export function SessionsSection() {
  const client = useQueryClient();
  const sessions = useQuery(sessionsQuery);
  const settled = () => client.invalidateQueries({ queryKey: keys.sessions });
  const fail = (error: unknown) => toast.error(error);
  const end = useMutation({
    mutationFn: (sessionId: string) =>
      body(http.DELETE('/api/auth/sessions/{sessionId}', { params: { path: { sessionId } } })),
    onSettled: settled,
    onSuccess: () => toast.success(t.sessions.ended),
    onError: fail,
  });
  const endOthers = useMutation({
    mutationFn: () => body(http.POST('/api/auth/sessions/end-others')),
    onSettled: settled,
    onSuccess: () => toast.success(t.sessions.othersEnded),
    onError: fail,
  });
  const hasOthers = sessions.data?.some(({ current }) => !current) ?? false;
  return (
    <Section
      id="sessions"
      title={t.sessions.title}
      hint={t.sessions.hint}
      action={
        hasOthers && (
          <Button disabled={endOthers.isPending} onClick={() => endOthers.mutate()}>
            {t.sessions.endOthers}
          </Button>
        )
      }
    >
      <div className="mt-3">
        {sessions.data ? (
          <ul className="divide-y">
            {sessions.data.map((session) => (
              <SessionRow key={session.id} session={session} onEnd={() => end.mutate(session.id)} />
            ))}
          </ul>
        ) : sessions.isError ? (
          <ErrorState error={sessions.error} onRetry={() => void sessions.refetch()} />
        ) : (
          <SkeletonRows rows={2} label={t.auth.loading} />
        )}
      </div>
    </Section>
  );
}

function SessionRow({ session, onEnd }: { session: Schemas['Session']; onEnd: () => void }) {
  const zone = useTimeZone();
  const { browser, system } = describeDevice(session.userAgent);
  const name =
    browser && system
      ? t.sessions.device(browser, system)
      : (browser ?? system ?? (session.userAgent || t.sessions.unknown));
  const Icon = system === 'Android' || system === 'iPhone' ? Smartphone : Monitor;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 py-2.5">
      <Icon aria-hidden className="size-5 shrink-0 text-muted-foreground" />
      <div className="min-w-0 flex-1 basis-52">
        <p className="flex flex-wrap items-center gap-x-2 text-sm font-medium">
          <span className="min-w-0 truncate">{name}</span>
          {session.current && <Badge>{t.sessions.current}</Badge>}
        </p>
        <p className="text-[0.8125rem] text-muted-foreground">
          {[
            session.address,
            t.sessions.begun(formatMoment(session.createdAt, zone)),
            !session.current && t.sessions.seen(formatMoment(session.lastSeenAt, zone)),
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
      </div>
      {!session.current && (
        <Button size="sm" aria-label={t.sessions.endLong(name)} onClick={onEnd}>
          {t.sessions.end}
        </Button>
      )}
    </li>
  );
}
