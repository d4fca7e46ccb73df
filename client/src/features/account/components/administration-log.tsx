import { useInfiniteQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { queryString } from '@/api/http';
import { saveFile } from '@/api/save-file';
import { PagedList } from '@/components/paged-list';
import { Section } from '@/components/section';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { NativeSelect } from '@/components/ui/input';
import { toast } from '@/components/ui/toast';
import { useTimeZone } from '@/entities/me/me';
import { formatExactMoment } from '@/lib/time/moment';
import { t } from '@/messages/account';
import { installationLogQuery, type InstallationLine } from '../api/administration';

/** What belongs to no workspace: sign-ins, accounts, administrators, jobs. */
export function AdministrationLog() {
  const [action, setAction] = useState('');
  const [busy, setBusy] = useState(false);
  const list = useInfiniteQuery(installationLogQuery(action));
  const isEmpty = !list.data?.pages.some((page) => page.rows.length > 0);
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
        <Button disabled={busy || isEmpty} onClick={save}>
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
      <PagedList
        list={list}
        label={words.title}
        loading={words.loading}
        placeholders={4}
        empty={action ? t.audit.noneFoundHint : words.none}
        more={words.more}
      >
        {(line) => <Line key={line.id} line={line} />}
      </PagedList>
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
        <time dateTime={line.at}>{formatExactMoment(line.at, zone)}</time>
        {line.address && ` · ${t.audit.from(line.address)}`}
      </p>
    </li>
  );
}
