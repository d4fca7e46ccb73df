import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { PageError } from '@/api/errors';
import { body, http } from '@/api/http';
import { saveKnownFile } from '@/api/save-file';
import { serverNow } from '@/api/server-clock';
import type { Schemas } from '@/api/types';
import { Section } from '@/components/section';
import { ErrorState } from '@/components/states';
import { Button } from '@/components/ui/button';
import { FormError } from '@/components/ui/form-dialog';
import { SkeletonRows } from '@/components/ui/skeleton';
import { toast } from '@/components/ui/toast';
import { useTimeZone } from '@/entities/me/me';
import { formatSize } from '@/lib/size';
import { formatMoment } from '@/lib/time/moment';
import { t } from '@/messages/account';
import { useConfirmed } from '../hooks/use-confirmed';

/** While the archive is being written; live updates do not tell of it. */
const PENDING_MS = 3_000;

const exportQuery = queryOptions({
  queryKey: ['data-export'],
  queryFn: ({ signal }) => body(http.GET('/api/auth/export', { signal })),
  refetchOnMount: 'always',
  refetchInterval: ({ state }) => (state.data?.export?.state === 'pending' ? PENDING_MS : false),
});

/** The archive of what the server has about the user: requested, written by a job, and there for a week. */
export function DataSection({ hasMail }: { hasMail: boolean }) {
  const client = useQueryClient();
  const exports = useQuery(exportQuery);
  const { confirmed, question } = useConfirmed();
  const request = useMutation({
    mutationFn: () => confirmed(() => body(http.POST('/api/auth/export'))),
    onSuccess: (next) => client.setQueryData(exportQuery.queryKey, next),
    onError: () => client.invalidateQueries({ queryKey: exportQuery.queryKey }),
  });
  const download = useMutation({
    // Asked for anew: what the page shows may be a week old. The archive itself is asked for once, since each time is in the audit log.
    mutationFn: async () => {
      const { export: now } = await client.fetchQuery({ ...exportQuery, staleTime: 0 });
      if (now?.state !== 'ready') throw new PageError(t.ownData.gone);
      saveKnownFile(`/api/auth/export/${now.id}/archive`);
    },
    onError: (error) => toast.error(error, { title: t.ownData.notDownloaded }),
  });
  const { data } = exports;
  return (
    <Section id="own-data" title={t.ownData.title} hint={t.ownData.hint}>
      <div className="mt-3 grid gap-3">
        {data ? (
          <Archive
            told={data}
            hasMail={hasMail}
            isRequesting={request.isPending}
            onRequest={() => request.mutate()}
            isLoading={download.isPending}
            onDownload={() => download.mutate()}
          />
        ) : exports.isError ? (
          <ErrorState error={exports.error} onRetry={() => void exports.refetch()} />
        ) : (
          <SkeletonRows rows={1} label={t.auth.loading} />
        )}
        <FormError error={request.error} />
      </div>
      {question}
    </Section>
  );
}

interface ArchiveProps {
  told: Schemas['DataExports'];
  hasMail: boolean;
  isRequesting: boolean;
  onRequest: () => void;
  isLoading: boolean;
  onDownload: () => void;
}

function Archive({ told, hasMail, isRequesting, onRequest, isLoading, onDownload }: ArchiveProps) {
  const zone = useTimeZone();
  const found = told.export;
  const archive = found !== null && Date.parse(found.expiresAt) > serverNow() ? found : null;
  const waitsUntil =
    told.nextAt !== null && Date.parse(told.nextAt) > serverNow() ? formatMoment(told.nextAt, zone) : null;
  const isReady = archive?.state === 'ready';
  const says =
    archive === null
      ? null
      : isReady
        ? t.ownData.ready(formatSize(archive.size ?? 0), formatMoment(archive.expiresAt, zone))
        : archive.state === 'failed'
          ? t.ownData.failed
          : hasMail
            ? t.ownData.pendingMail
            : t.ownData.pending;
  return (
    <>
      <div role="status" className="text-sm empty:hidden">
        {says && <p>{says}</p>}
        {isReady && waitsUntil && (
          <p className="mt-1 text-[0.8125rem] text-muted-foreground">{t.ownData.next(waitsUntil)}</p>
        )}
      </div>
      <div className="flex flex-wrap gap-2 empty:hidden">
        {isReady && (
          <Button variant="primary" disabled={isLoading} onClick={onDownload}>
            <Download aria-hidden /> {t.ownData.download}
          </Button>
        )}
        {archive?.state !== 'pending' && waitsUntil === null && (
          <Button disabled={isRequesting} onClick={onRequest}>
            {archive === null ? t.ownData.request : t.ownData.again}
          </Button>
        )}
      </div>
    </>
  );
}
