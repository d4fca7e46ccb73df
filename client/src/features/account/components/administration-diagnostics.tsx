import { useQuery } from '@tanstack/react-query';
import { CircleCheck, Mail, RotateCw, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { ApiError } from '@/api/errors';
import { Section } from '@/components/section';
import { ErrorState } from '@/components/states';
import { Button } from '@/components/ui/button';
import { SkeletonRows } from '@/components/ui/skeleton';
import { toast } from '@/components/ui/toast';
import { locale } from '@/lib/time/format';
import { t } from '@/messages/account';
import { diagnosticsQuery, useAdministration, type Diagnostics } from '../api/administration';
import { useConfirmed } from '../hooks/use-confirmed';
import { problemsOf } from '../problems-of';

/** How the server sees itself, and what is probably wrong. */
export function AdministrationDiagnostics() {
  const asked = useQuery(diagnosticsQuery);
  const { testMessage } = useAdministration();
  const { confirmed, question } = useConfirmed();
  const words = t.administration.diagnostics;
  const [refused, setRefused] = useState<string | null>(null);
  const send = () => {
    setRefused(null);
    return confirmed(() => testMessage.mutateAsync()).then(
      () => toast.success(words.testSent),
      (error: unknown) => {
        toast.error(error);
        // The server's own words name the answer of the mail server, by which docs/OPERATIONS.md says what to do.
        if (error instanceof ApiError && error.code === 'mail_failed') setRefused(error.message);
      },
    );
  };
  return (
    <Section
      id="administration-diagnostics"
      title={words.title}
      hint={words.hint}
      action={
        <Button disabled={asked.isFetching} onClick={() => void asked.refetch()}>
          <RotateCw aria-hidden /> {words.reload}
        </Button>
      }
    >
      <div className="mt-3">
        {asked.data ? (
          <>
            <Problems found={problemsOf(asked.data.seen, asked.data.at, window.location.href)} />
            <Facts seen={asked.data.seen} />
            {asked.data.seen.mailIsSent && (
              <Button className="mt-3" disabled={testMessage.isPending} onClick={() => void send()}>
                <Mail aria-hidden /> {words.testMail}
              </Button>
            )}
            {refused !== null && (
              <p lang="en" role="alert" className="mt-2 text-[0.8125rem] break-words text-danger">
                {refused}
              </p>
            )}
            {question}
          </>
        ) : asked.isError ? (
          <ErrorState error={asked.error} onRetry={() => void asked.refetch()} />
        ) : (
          <SkeletonRows rows={3} label={words.loading} />
        )}
      </div>
    </Section>
  );
}

function Problems({ found }: { found: string[] }) {
  const words = t.administration.diagnostics;
  if (found.length === 0) {
    return (
      <p role="status" className="flex items-center gap-2 text-sm">
        <CircleCheck aria-hidden className="size-4 shrink-0 text-success" /> {words.fine}
      </p>
    );
  }
  return (
    <div role="status">
      <ul className="grid gap-2">
        {found.map((problem) => (
          <li key={problem} className="flex items-start gap-2 text-sm">
            <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warning" />
            <span>{words.problems[problem] ?? problem}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Facts({ seen }: { seen: Diagnostics }) {
  const words = t.administration.diagnostics;
  const { database, request } = seen;
  const number = (digits: number) => new Intl.NumberFormat(locale(), { maximumFractionDigits: digits });
  const peer = request.peer !== null && request.peer !== request.address ? words.via(request.peer) : null;
  const facts: [string, string][] = [
    [words.version, seen.version],
    [words.database, `PostgreSQL ${database.version}, ${database.locale}, ${database.timeZone}`],
    [words.size, `${number(1).format(database.sizeBytes / 1e6)} MB`],
    [words.schema, database.schemaVersion],
    [words.clock, words.clockIs(number(0).format(database.clockDifferenceMs))],
    [words.zones, seen.timeZoneRules],
    [words.address, [request.address, peer].filter(Boolean).join(' ')],
    [words.https, request.https ? words.yes : words.no],
    [words.host, request.host ?? words.none],
    [words.publicUrl, seen.publicUrl ?? words.none],
    [words.headers, request.forwardedHeaders.join(', ') || words.none],
  ];
  return (
    <dl className="mt-4 grid gap-x-4 gap-y-1 text-[0.8125rem] sm:grid-cols-[max-content_1fr]">
      {facts.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-muted-foreground">{name}</dt>
          <dd className="mb-1 min-w-0 break-words sm:mb-0">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
