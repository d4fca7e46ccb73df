import { useQuery } from '@tanstack/react-query';
import { RotateCw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { ConfirmAction } from '@/components/confirm-action';
import { Section } from '@/components/section';
import { ErrorState } from '@/components/states';
import { Button } from '@/components/ui/button';
import { SkeletonRows } from '@/components/ui/skeleton';
import { toast } from '@/components/ui/toast';
import { useTimeZone } from '@/entities/me/me';
import { formatMoment } from '@/lib/time/moment';
import { t } from '@/messages/account';
import { jobsQuery, useAdministration, type Job } from '../api/administration';
import { useConfirmed } from '../hooks/use-confirmed';

/** Work that waits, runs, or has failed for good. */
export function AdministrationJobs() {
  const list = useQuery(jobsQuery);
  const words = t.administration.jobs;
  return (
    <Section
      id="administration-jobs"
      title={words.title}
      hint={words.hint}
      action={
        <Button disabled={list.isFetching} onClick={() => void list.refetch()}>
          <RotateCw aria-hidden /> {words.reload}
        </Button>
      }
    >
      <div className="mt-3">
        {list.data ? (
          list.data.length === 0 ? (
            <p className="text-sm text-muted-foreground">{words.none}</p>
          ) : (
            <ul aria-label={words.list} className="divide-y">
              {list.data.map((job) => (
                <JobRow key={job.id} job={job} />
              ))}
            </ul>
          )
        ) : list.isError ? (
          <ErrorState error={list.error} onRetry={() => void list.refetch()} />
        ) : (
          <SkeletonRows rows={2} label={words.loading} />
        )}
      </div>
    </Section>
  );
}

function JobRow({ job }: { job: Job }) {
  const zone = useTimeZone();
  const { confirmed, question } = useConfirmed();
  const { retry, remove } = useAdministration();
  const [deleting, setDeleting] = useState(false);
  const words = t.administration.jobs;
  const made = formatMoment(job.createdAt, zone);
  const name = words.kinds[job.kind] ?? job.kind;
  const isDead = job.state === 'dead';
  return (
    <li className="flex flex-wrap items-start gap-x-3 gap-y-2 py-2.5">
      <div className="min-w-0 flex-1 basis-52">
        <p className="text-sm font-medium">
          {name}
          <span className={isDead ? 'ml-2 text-danger' : 'ml-2 text-muted-foreground'}>
            {words.states[job.state] ?? job.state}
          </span>
        </p>
        <p className="text-[0.8125rem] text-muted-foreground">
          {[isDead ? made : words.due(formatMoment(job.runAt, zone)), words.attempts(job.attempts)].join(
            ' · ',
          )}
        </p>
        {job.lastError !== null && (
          <p lang="en" className="text-[0.8125rem] break-words text-danger">
            {job.lastError}
          </p>
        )}
      </div>
      {isDead && (
        <div className="flex gap-2">
          <Button
            size="sm"
            disabled={retry.isPending}
            aria-label={words.retryLong(name, made)}
            onClick={() =>
              retry.mutate(job, {
                onSuccess: () => toast.success(words.retried),
                onError: (error) => toast.error(error),
              })
            }
          >
            <RotateCw aria-hidden /> {words.retry}
          </Button>
          <Button
            variant="ghost"
            size="icon-sm"
            aria-label={words.deleteLong(name, made)}
            title={words.delete}
            onClick={() => setDeleting(true)}
          >
            <Trash2 aria-hidden />
          </Button>
        </div>
      )}
      {deleting && (
        <ConfirmAction
          title={words.deleteTitle(name)}
          confirm={words.delete}
          onConfirm={() => confirmed(() => remove.mutateAsync(job))}
          onClose={() => setDeleting(false)}
          onDone={() => toast.success(words.deleted)}
        >
          {words.deleteHint}
          {question}
        </ConfirmAction>
      )}
    </li>
  );
}
