import { CircleAlert, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ImportAccount as Account, ImportProblem } from '@/api/types';
import { useToday } from '@/entities/me/use-today';
import { formatDate, formatDuration, formatDurationWords } from '@/lib/time/format';
import { dayOf } from '@/lib/time/zoned';

const number = new Intl.NumberFormat('en');

/** The full account of an import: what it makes, finds and cannot read. */
export function ImportAccount({ account }: { account: Account }) {
  const today = useToday();
  const { entries, clients, projects, categories, tags, people } = account;
  const day = (at: string) => formatDate(dayOf(at, account.timeZone), today);
  const verb = account.committed ? 'imported' : 'to import';

  return (
    <div className="grid gap-5">
      <dl className="grid grid-cols-2 gap-2 sm:grid-cols-4">
        <Figure label={`entries ${verb}`} value={entries.created} strong />
        <Figure label="duplicates" value={entries.unchanged} />
        <Figure label="skipped" value={entries.skipped} warn={entries.skipped > 0} />
        <Figure label="rows in the file" value={account.rows} />
      </dl>
      <p className="text-sm text-muted-foreground">
        {formatDurationWords(entries.durationSeconds)} in total
        {entries.from && entries.to && `, from ${day(entries.from)} to ${day(entries.to)}`}. Times are read as{' '}
        {account.timeZone.replaceAll('_', ' ')}.
        {typeof entries.statedSeconds === 'number' && entries.statedSeconds !== entries.durationSeconds && (
          <>
            {' '}
            The durations add up to {formatDuration(entries.statedSeconds)}, start and end times to{' '}
            {formatDuration(entries.durationSeconds)}. Start and end times are used.
          </>
        )}
      </p>
      <Problems problems={account.problems} total={account.problemsTotal} />
      <div className="grid gap-4 sm:grid-cols-2">
        <Names title="Projects" created={projects.created} existing={projects.existing} />
        <Names
          title="Categories"
          created={categories.created.map(({ project, name }) => `${project} / ${name}`)}
          existing={categories.existing}
        />
        <Names title="Clients" created={clients.created} existing={clients.existing} />
        <Names title="Tags" created={tags.created} existing={tags.existing} />
      </div>
      {people.length > 0 && (
        <Section title={people.length === 1 ? '1 person' : `${people.length} people`}>
          <ul className="grid gap-1 text-sm">
            {people.map((person) => (
              <li key={`${person.name} ${person.email}`} className="flex justify-between gap-4">
                <span className="min-w-0 truncate">
                  {person.name ?? person.email ?? 'Unnamed person'}{' '}
                  <span className="text-muted-foreground">
                    {person.tag ? `tagged “${person.tag}”` : person.name ? person.email : ''}
                  </span>
                </span>
                <span className="text-muted-foreground tabular">{number.format(person.entries)}</span>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </div>
  );
}

function Figure({
  label,
  value,
  strong = false,
  warn = false,
}: {
  label: string;
  value: number;
  strong?: boolean;
  warn?: boolean;
}) {
  return (
    <div className="flex flex-col-reverse justify-end rounded-xl bg-muted/60 px-3.5 py-2.5">
      <dt className="text-[0.8125rem] text-muted-foreground">{label}</dt>
      <dd
        className={`text-xl font-semibold tracking-tight tabular ${strong ? 'text-accent-foreground' : ''} ${warn ? 'text-warning' : ''}`}
      >
        {number.format(value)}
      </dd>
    </div>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="min-w-0">
      <h3 className="mb-1.5 text-sm font-semibold">{title}</h3>
      {children}
    </section>
  );
}

function Names({
  title,
  created,
  existing,
}: {
  title: string;
  created: readonly string[];
  existing: number;
}) {
  if (created.length === 0 && existing === 0) return null;
  return (
    <Section title={title}>
      {created.length > 0 && (
        <details className="text-sm" open={created.length <= 8}>
          <summary className="cursor-pointer text-[0.8125rem] text-muted-foreground">
            {number.format(created.length)} new
          </summary>
          <ul className="mt-1 flex max-h-48 flex-wrap gap-1 overflow-y-auto">
            {created.map((name) => (
              <li
                key={name}
                className="max-w-full truncate rounded-md bg-muted px-1.5 py-0.5 text-xs font-medium"
                title={name}
              >
                {name}
              </li>
            ))}
          </ul>
        </details>
      )}
      {existing > 0 && (
        <p className="mt-1 text-[0.8125rem] text-muted-foreground">{number.format(existing)} existing</p>
      )}
    </Section>
  );
}

function Problems({ problems, total }: { problems: readonly ImportProblem[]; total: number }) {
  if (problems.length === 0) return null;
  const heading = total === 1 ? '1 issue in the file' : `${number.format(total)} issues in the file`;
  return (
    <Section title={heading}>
      <div className="max-h-80 overflow-auto rounded-xl border">
        <table className="w-full text-left text-sm">
          <thead className="sticky top-0 bg-muted text-xs text-muted-foreground">
            <tr>
              <th scope="col" className="w-10 py-2 pl-3">
                <span className="sr-only">Kind</span>
              </th>
              <th scope="col" className="px-2 py-2 font-medium">
                Line
              </th>
              <th scope="col" className="px-2 py-2 font-medium">
                Column
              </th>
              <th scope="col" className="px-2 py-2 font-medium">
                Issue
              </th>
            </tr>
          </thead>
          <tbody className="divide-y divide-border/70">
            {problems.map((problem, index) => (
              <tr key={index} className="align-top">
                <td className="py-2 pl-3">
                  {problem.severity === 'error' ? (
                    <CircleAlert className="size-4 text-danger" aria-label="Error" />
                  ) : (
                    <TriangleAlert className="size-4 text-warning" aria-label="Warning" />
                  )}
                </td>
                <td className="px-2 py-2 tabular">{problem.line}</td>
                <td className="px-2 py-2 whitespace-nowrap">{problem.column ?? '–'}</td>
                <td className="min-w-48 px-2 py-2">
                  {problem.message}
                  {problem.value && (
                    <code className="ml-1.5 rounded bg-muted px-1 text-xs break-all">{problem.value}</code>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {total > problems.length && (
        <p className="mt-1.5 text-[0.8125rem] text-muted-foreground">
          The first {problems.length} of {number.format(total)} are listed.
        </p>
      )}
    </Section>
  );
}
