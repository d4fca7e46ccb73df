import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { isApiError } from '@/api/errors';
import { body, http } from '@/api/http';
import { untold } from '@/api/query-client';
import type { Schemas } from '@/api/types';
import { ConfirmAction } from '@/components/confirm-action';
import { SecretDialog } from '@/components/secret-dialog';
import { Section } from '@/components/section';
import { ErrorState } from '@/components/states';
import { Button } from '@/components/ui/button';
import { FormError } from '@/components/ui/form-dialog';
import { SkeletonRows } from '@/components/ui/skeleton';
import { toast } from '@/components/ui/toast';
import { useTimeZone } from '@/entities/me/me';
import { usePreferences } from '@/hooks/use-preferences';
import { formatMoment } from '@/lib/time/moment';
import { t } from '@/messages/account';

type Found = Schemas['CalendarFeed'] | null;

const KEY = ['calendar-feed'] as const;

const feedQuery = queryOptions({
  queryKey: KEY,
  queryFn: ({ signal }): Promise<Found> =>
    body(http.GET('/api/calendar-feed', { signal })).catch((error: unknown) => {
      if (isApiError(error, 'not_found')) return null;
      throw error;
    }),
  ...untold,
});

interface CalendarFeedProps {
  /** Whether the user may make an address. One who may not any more still sees and revokes the one that there is. */
  mayMake: boolean;
}

/** The secret address with which a calendar shows the user's own entries: made, shown once, replaced and revoked. */
export function CalendarFeed({ mayMake }: CalendarFeedProps) {
  const client = useQueryClient();
  // Another language is another page.
  const { language } = usePreferences();
  const feed = useQuery(feedQuery);
  const [asking, setAsking] = useState<'renew' | 'revoke' | null>(null);
  const [url, setUrl] = useState<string | null>(null);
  const onSettled = () => client.invalidateQueries({ queryKey: KEY });
  const make = useMutation({
    mutationFn: () => body(http.POST('/api/calendar-feed')),
    onSuccess: (made) => setUrl(made.url),
    onSettled,
  });
  const revoke = useMutation({
    mutationFn: () => body(http.DELETE('/api/calendar-feed')),
    onSettled,
  });
  const words = t.calendarFeed;
  if (!mayMake && !feed.data) return null;
  return (
    <div key={language} className="mt-5 max-w-3xl">
      <Section id="calendar-feed" title={words.title} hint={words.hint}>
        <div className="mt-3 grid gap-3">
          {feed.data !== undefined ? (
            <Feed
              feed={feed.data}
              mayMake={mayMake}
              isBusy={make.isPending}
              onMake={() => make.mutate()}
              onRenew={() => setAsking('renew')}
              onRevoke={() => setAsking('revoke')}
            />
          ) : feed.isError ? (
            <ErrorState error={feed.error} onRetry={() => void feed.refetch()} />
          ) : (
            <SkeletonRows rows={1} label={words.loading} />
          )}
          {asking === null && <FormError error={make.error} />}
        </div>
        {asking === 'renew' && (
          <ConfirmAction
            title={words.renewTitle}
            confirm={words.renew}
            onConfirm={() => make.mutateAsync()}
            onClose={() => {
              setAsking(null);
              make.reset();
            }}
          >
            {words.renewHint}
          </ConfirmAction>
        )}
        {asking === 'revoke' && (
          <ConfirmAction
            title={words.revokeTitle}
            confirm={words.revokeConfirm}
            onConfirm={() => revoke.mutateAsync()}
            onClose={() => setAsking(null)}
            onDone={() => toast.success(words.revoked)}
          >
            {words.revokeHint}
          </ConfirmAction>
        )}
        {url !== null && asking === null && (
          <SecretDialog
            title={words.madeTitle}
            hint={words.madeHint}
            label={words.url}
            secret={url}
            copy={words.copy}
            onClose={() => setUrl(null)}
          />
        )}
      </Section>
    </div>
  );
}

interface FeedProps {
  /** Null when there is none. */
  feed: Found;
  mayMake: boolean;
  isBusy: boolean;
  onMake: () => void;
  onRenew: () => void;
  onRevoke: () => void;
}

function Feed({ feed, mayMake, isBusy, onMake, onRenew, onRevoke }: FeedProps) {
  const zone = useTimeZone();
  const words = t.calendarFeed;
  return (
    <>
      <p className="text-sm">{feed ? words.since(formatMoment(feed.createdAt, zone)) : words.none}</p>
      <div className="flex flex-wrap gap-2">
        {mayMake && (
          <Button disabled={isBusy} onClick={feed ? onRenew : onMake}>
            {feed ? words.renew : words.create}
          </Button>
        )}
        {feed && (
          <Button variant="ghost" className="text-danger" onClick={onRevoke}>
            {words.revoke}
          </Button>
        )}
      </div>
    </>
  );
}
