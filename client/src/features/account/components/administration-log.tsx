import { useInfiniteQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { queryString } from '@/api/http';
import { saveFile } from '@/api/save-file';
import { Section } from '@/components/section';
import { ErrorState } from '@/components/states';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { NativeSelect } from '@/components/ui/input';
import { SkeletonRows } from '@/components/ui/skeleton';
import { toast } from '@/components/ui/toast';
import { useTimeZone } from '@/entities/me/me';
import { locale } from '@/lib/time/format';
import { t } from '@/messages/account';
import { installationLogQuery, type InstallationLine } from '../api/administration';

/** What belongs to no workspace: sign-ins, accounts, administrators, jobs. */
export function AdministrationLog() {
  const [action, setAction] = useState('');
  const [busy, setBusy] = useState(false);
  const list = useInfiniteQuery(installationLogQuery(action));
  const lines = list.data?.pages.flatMap((page) => page.lines);
  const words = t.administration.log;
  const save = () => {
    setBusy(true);
    saveFile(`/api/administration/audit-log/export${queryString(action ? { action } : {})}`)
      .catch((error: unknown) => toast.error(error, { title: t.audit.notExported }))
      .finally(() => setBusy(false));
  };
  return (
    <Section
      id="administration-log"
      title={words.title}
      hint={words.hint}
      action={
        <Button disabled={busy || !lines?.length} onClick={save}>
          <Download aria-hidden /> {words.export}
        </Button>
      }
    >
      <div className="mt-3 max-w-72">
        <Field label={words.what}>
          {(field) => (
            <NativeSelect
              {...field}
              value={action}
              onChange={(event) => setAction(event.currentTarget.value)}
            >
              <option value="">{words.everything}</option>
              {Object.entries(words.actions).map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </NativeSelect>
          )}
        </Field>
      </div>
      <div className="mt-2">
        {lines ? (
          lines.length === 0 ? (
            <p role="status" className="py-3 text-sm text-muted-foreground">
              {action ? t.audit.noneFoundHint : words.none}
            </p>
          ) : (
            <ul aria-label={words.title} className="divide-y">
              {lines.map((line) => (
                <Line key={line.id} line={line} />
              ))}
            </ul>
          )
        ) : list.isError ? (
          <ErrorState error={list.error} onRetry={() => void list.refetch()} />
        ) : (
          <SkeletonRows rows={4} label={words.loading} />
        )}
        {list.hasNextPage && (
          <Button
            className="mt-2"
            disabled={list.isFetchingNextPage}
            onClick={() => void list.fetchNextPage()}
          >
            {words.more}
          </Button>
        )}
      </div>
    </Section>
  );
}

/** Who acted. An anonymous line names the user that it is about, who has not signed in. */
function actorOf({ actor, userId, userName }: InstallationLine): string {
  if (actor === 'command') return t.audit.command;
  if (actor === 'job') return t.audit.server;
  if (userId === null) return t.administration.log.nobody;
  return userName ?? t.audit.someone;
}

function Line({ line }: { line: InstallationLine }) {
  const zone = useTimeZone();
  const format = new Intl.DateTimeFormat(locale(), {
    dateStyle: 'medium',
    timeStyle: 'medium',
    timeZone: zone,
  });
  const words = t.administration.log;
  const toAnother = line.object === 'user' && line.objectId !== line.userId;
  return (
    <li className="py-2.5 text-sm">
      <p className="break-words">
        <bdi className="font-medium">{actorOf(line)}</bdi>
        {line.actor === 'token' && <span className="text-muted-foreground"> {t.audit.byToken}</span>}
        {': '}
        {words.actions[line.action] ?? line.action}
        {toAnother && (
          <>
            {' ('}
            <bdi>{line.objectName ?? t.audit.someone}</bdi>)
          </>
        )}
      </p>
      <p className="text-[0.8125rem] text-muted-foreground">
        <time dateTime={line.at}>{format.format(new Date(line.at))}</time>
        {line.address && ` · ${t.audit.from(line.address)}`}
      </p>
    </li>
  );
}
