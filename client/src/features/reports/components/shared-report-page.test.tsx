import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { beginSession } from '@/api/session';
import type { Schemas } from '@/api/types';
import { renderApp } from '@/testing/render';
import { api, server } from '@/testing/server';
import { SharedReportPage } from './shared-report-page';

const error = (code: string) => ({ code, message: code, requestId: 'r-1' });
const TOTALS = {
  entries: 2,
  running: 0,
  durationSeconds: 5_400,
  billableSeconds: 3_600,
  roundedSeconds: 5_400,
  roundedBillableSeconds: 3_600,
};

function report(changes: Partial<Schemas['LinkedReport']> = {}): Schemas['LinkedReport'] {
  return {
    name: 'Acme in March',
    workspace: 'Studio',
    summary: {
      from: '2026-03-01T05:00:00Z',
      to: '2026-04-01T04:00:00Z',
      fromDate: '2026-03-01',
      toDate: '2026-03-31',
      total: TOTALS,
      groups: [{ ...TOTALS, key: '01900000-0000-7000-8000-000000000301', name: 'Website', color: '#2f6fed' }],
      asOf: '2026-04-02T08:00:00Z',
      timeZone: 'America/New_York',
      firstDayOfWeek: 'monday',
      attribution: 'split',
      rounding: null,
      groupBy: ['project'],
      groupsOverlap: false,
    },
    entries: null,
    nextCursor: null,
    ...changes,
  };
}

function entry(number: number): Schemas['ReportEntry'] {
  const id = `01900000-0000-7000-8000-00000000040${number}`;
  return {
    id,
    member: { id, name: 'Ada' },
    client: null,
    project: { id, name: 'Website' },
    category: { id, path: ['Design'] },
    tags: [],
    description: `Entry ${number}`,
    billable: true,
    startedAt: '2026-03-02T08:00:00Z',
    stoppedAt: '2026-03-02T08:45:00Z',
    durationSeconds: 2_700,
    roundedSeconds: 2_700,
  };
}

let asked: { body: Schemas['OpenReportLink']; path: string }[];

beforeEach(() => {
  asked = [];
});

function serve(answer: (body: Schemas['OpenReportLink']) => { status: number; json: unknown }): void {
  server.use(
    api.untyped.post('*/report-links/open', async ({ request }) => {
      const body = (await request.json()) as Schemas['OpenReportLink'];
      asked.push({ body, path: new URL(request.url).pathname });
      const { status, json } = answer(body);
      return new Response(JSON.stringify(json), {
        status,
        headers: { 'Content-Type': 'application/json' },
      });
    }),
  );
}

const open = (hash = '#token=secret') => renderApp(<SharedReportPage />, `/shared-report${hash}`);

describe('the page of a link', () => {
  it('shows the report alone, asks for nothing else, and is told to no search engine', async () => {
    // Whoever is signed in, and whichever workspace they have chosen.
    localStorage.clear();
    beginSession('01900000-0000-7000-8000-000000000001');
    serve(() => ({ status: 200, json: report() }));
    open();
    expect(await screen.findByRole('heading', { level: 1, name: 'Acme in March' })).toHaveFocus();
    expect(screen.getByText(/^Studio · March 2026 · Time zone America\/New_York/)).toBeInTheDocument();
    expect(screen.getByRole('rowheader', { name: 'Website' })).toBeInTheDocument();
    // No figure leads into the application, and nothing is sorted by a visitor.
    expect(screen.queryAllByRole('link')).toEqual([]);
    expect(screen.queryByRole('button', { name: /Time/ })).toBeNull();
    expect(document.querySelector('meta[name=robots]')).toHaveAttribute('content', 'noindex, nofollow');
    expect(asked).toEqual([{ body: { token: 'secret' }, path: '/api/report-links/open' }]);
  });

  it('shows how the whole is shared out, or bars over time with those that have none', async () => {
    const group = (key: string, name: string | null, seconds: number, more: object = {}) => ({
      ...TOTALS,
      roundedSeconds: seconds,
      key,
      name,
      color: null,
      ...more,
    });
    serve(({ token }) => {
      if (token === 'shares') return { status: 200, json: report() };
      const { summary } = report();
      const week = (day: string, to: string, seconds: number) =>
        group(day, null, seconds, {
          fromDate: day,
          toDate: to,
          groups: [group('p', 'Website', seconds)],
        });
      // The longest first, as the table has them; a week without time between.
      const groups = [week('2026-03-16', '2026-03-22', 3_600), week('2026-03-02', '2026-03-08', 1_800)];
      return { status: 200, json: report({ summary: { ...summary, groupBy: ['week', 'project'], groups } }) };
    });
    const shares = open('#token=shares');
    const list = await screen.findByRole('list', { name: 'Share by project' });
    expect(list).toHaveTextContent(/Website.*1:30.*100.0%/);
    shares.unmount();
    open('#token=weeks');
    expect(await screen.findByRole('region', { name: /by week and project/i })).toBeInTheDocument();
    const bars = screen.getByRole('list', { name: /by week and project/i });
    expect(within(bars).getAllByRole('listitem')).toHaveLength(6);
    expect(screen.queryAllByRole('link')).toEqual([]);
  });

  it('asks for the password until it is right, and sends it for the next entries, too', async () => {
    serve(({ password, cursor }) => {
      if (!password) return { status: 403, json: error('link_password_required') };
      if (password !== 'an unusual phrase') return { status: 403, json: error('wrong_link_password') };
      return cursor
        ? { status: 200, json: report({ entries: [entry(2)] }) }
        : { status: 200, json: report({ entries: [entry(1)], nextCursor: 'next' }) };
    });
    const { user } = open();
    const field = await screen.findByLabelText('Password');
    expect(field).toHaveFocus();
    await user.type(field, 'guessed{Enter}');
    expect(await screen.findByText('The password is wrong.')).toBeInTheDocument();
    expect(field).toHaveValue('guessed');
    await user.clear(field);
    await user.type(field, 'an unusual phrase{Enter}');
    expect(await screen.findByRole('heading', { level: 1, name: 'Acme in March' })).toBeInTheDocument();
    await user.click(await screen.findByRole('button', { name: /older/i }));
    await waitFor(() => expect(screen.queryByRole('button', { name: /older/i })).toBeNull());
    expect(asked.at(-1)?.body).toEqual({ token: 'secret', password: 'an unusual phrase', cursor: 'next' });
  });

  it('says what is wrong with the link: not whole, ended, or a report that cannot be shown', async () => {
    serve(({ token }) =>
      token === 'ended'
        ? { status: 403, json: error('token_refused') }
        : { status: 409, json: error('unreadable_report') },
    );
    const none = open('');
    expect(await screen.findByText(/the part after “#” is missing/)).toBeInTheDocument();
    expect(asked).toEqual([]);
    none.unmount();
    const ended = open('#token=ended');
    expect(await screen.findByRole('heading', { name: "This link doesn't work" })).toHaveFocus();
    expect(screen.getByText(/It was ended, has expired/)).toBeInTheDocument();
    ended.unmount();
    open('#token=other');
    expect(await screen.findByText(/this version cannot read/)).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Try again' })).toBeEnabled();
  });
});
