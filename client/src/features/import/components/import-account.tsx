import { CircleAlert, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ImportAccount as Account, ImportProblem } from '@/api/types';
import { useToday } from '@/entities/me/use-today';
import { formatDate, formatDurationWords, formatExactDuration, formatNumber } from '@/lib/time/format';
import { dayOf } from '@/lib/time/zoned';
import { t } from '@/messages/later';

/** The full account of an import: what it makes, finds and cannot read. */
export function ImportAccount({ account }: { account: Account }) {
  const today = useToday();
  const { entries, clients, projects, categories, tags, people } = account;
  const length = formatDurationWords(entries.durationSeconds);
  const day = (at: string) => formatDate(dayOf(at, account.timeZone), today);

  return (
    <div className="grid gap-5">
      <dl className="grid grid-cols-2 gap-2 sm:grid-cols-4">
        <Figure
          label={account.committed ? t.import.imported : t.import.toImport}
          value={entries.created}
          strong
        />
        <Figure label={t.import.duplicates} value={entries.unchanged} />
        <Figure label={t.import.skipped} value={entries.skipped} warn={entries.skipped > 0} />
        <Figure label={t.import.rows} value={account.rows} />
      </dl>
      <p className="text-sm text-muted-foreground">
        {[
          entries.from && entries.to
            ? t.import.totalRange(length, day(entries.from), day(entries.to))
            : t.import.total(length),
          t.import.zone(account.timeZone.replaceAll('_', ' ')),
          typeof entries.statedSeconds === 'number' && entries.statedSeconds !== entries.durationSeconds
            ? t.import.differs(
                formatExactDuration(entries.statedSeconds),
                formatExactDuration(entries.durationSeconds),
              )
            : '',
        ]
          .filter(Boolean)
          .join(' ')}
      </p>
      <Problems problems={account.problems} total={account.problemsTotal} />
      <div className="grid gap-4 sm:grid-cols-2">
        <Names title={t.projects.title} created={projects.created} existing={projects.existing} />
        <Names
          title={t.categories.title}
          created={categories.created.map(({ project, name }) => `${project} / ${name}`)}
          existing={categories.existing}
        />
        <Names title={t.clients.title} created={clients.created} existing={clients.existing} />
        <Names title={t.tags.title} created={tags.created} existing={tags.existing} />
      </div>
      {people.length > 0 && (
        <Section title={t.import.people(people.length)}>
          <ul className="grid gap-1 text-sm">
            {people.map((person) => (
              <li key={`${person.name} ${person.email}`} className="flex justify-between gap-4">
                <span className="min-w-0 truncate">
                  {person.name ?? person.email ?? t.import.unnamed}{' '}
                  <span className="text-muted-foreground">
                    {becomes(person) ?? (person.name ? person.email : '')}
                  </span>
                </span>
                <span className="text-muted-foreground tabular">{formatNumber(person.entries)}</span>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </div>
  );
}

/** What becomes of a person's entries, unless they are simply the user's. */
function becomes({ becomes, tag, memberName }: Account['people'][number]): string | undefined {
  switch (becomes) {
    case 'member':
      return t.import.forMember(memberName ?? '');
    case 'placeholder':
      return t.import.forPlaceholder(memberName ?? '');
    case 'new_placeholder':
      return t.import.newPlaceholder;
    case 'left_out':
      return t.import.leftOut;
    default:
      return tag ? t.import.tagged(tag) : undefined;
  }
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
        {formatNumber(value)}
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
            {t.import.new(created.length)}
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
        <p className="mt-1 text-[0.8125rem] text-muted-foreground">{t.import.existing(existing)}</p>
      )}
    </Section>
  );
}

function Problems({ problems, total }: { problems: readonly ImportProblem[]; total: number }) {
  if (problems.length === 0) return null;
  const heading = t.import.issues(total);
  return (
    <Section title={heading}>
      <div className="max-h-80 overflow-auto rounded-xl border">
        <table className="w-full text-left text-sm">
          <thead className="sticky top-0 bg-muted text-xs text-muted-foreground">
            <tr>
              <th scope="col" className="w-10 py-2 pl-3">
                <span className="sr-only">{t.import.kind}</span>
              </th>
              <th scope="col" className="px-2 py-2 font-medium">
                {t.import.line}
              </th>
              <th scope="col" className="px-2 py-2 font-medium">
                {t.import.column}
              </th>
              <th scope="col" className="px-2 py-2 font-medium">
                {t.import.issue}
              </th>
            </tr>
          </thead>
          <tbody className="divide-y divide-border/70">
            {problems.map((problem, index) => (
              <tr key={index} className="align-top">
                <td className="py-2 pl-3">
                  {problem.severity === 'error' ? (
                    <CircleAlert className="size-4 text-danger" aria-label={t.import.error} />
                  ) : (
                    <TriangleAlert className="size-4 text-warning" aria-label={t.import.warning} />
                  )}
                </td>
                <td className="px-2 py-2 tabular">{problem.line}</td>
                <td className="px-2 py-2 whitespace-nowrap">{problem.column ?? '–'}</td>
                <td className="min-w-48 px-2 py-2">
                  {t.problems[problem.code] ?? problem.message}
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
          {t.import.firstOf(problems.length, total)}
        </p>
      )}
    </Section>
  );
}
