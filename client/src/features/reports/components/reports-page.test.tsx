import { screen, within } from '@testing-library/react';
import { delay } from 'msw';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Me, Schemas } from '@/api/types';
import { setPreferences } from '@/lib/preferences';
import { renderApp } from '@/testing/render';
import { api, server } from '@/testing/server';
import { World } from '@/testing/world';
import type { ReportSearch } from '../search';
import { ReportsPage } from './reports-page';

const RANGE: ReportSearch = { from: '2026-03-02', to: '2026-03-08' };

let world: World;
let member: Schemas['Member'];

function totals(seconds: number, entries: number, running = 0): Schemas['ReportTotals'] {
  return {
    entries,
    running,
    durationSeconds: seconds,
    billableSeconds: 0,
    roundedSeconds: seconds,
    roundedBillableSeconds: 0,
  };
}

let worth: Schemas['ReportAmount'][];
let asked: URLSearchParams[];

/** Answers with three projects of 20 minutes each, whatever is asked for. */
function answer(sum = totals(3_600, 3)): void {
  const groups = ['Alpha', 'Beta', 'Gamma'].map((name, index) => ({
    key: `01900000-0000-7000-8000-00000000000${index}`,
    name,
    color: null,
    ...totals(1_200, 1),
    ...(worth.length > 0 ? { amounts: index === 0 ? worth : [] } : {}),
  }));
  server.use(
    api.get('/api/reports/summary', ({ request, query, response }) => {
      asked.push(new URL(request.url).searchParams);
      return response(200).json({
        ...(worth.length > 0 ? { amounts: worth } : {}),
        asOf: '2026-03-08T12:00:00Z',
        timeZone: 'Europe/Berlin',
        firstDayOfWeek: 'monday',
        attribution: 'split',
        rounding: null,
        groupBy: query.getAll('groupBy'),
        groupsOverlap: false,
        fromDate: '2026-03-02',
        toDate: '2026-03-08',
        from: '2026-03-01T23:00:00Z',
        to: '2026-03-08T23:00:00Z',
        total: sum,
        groups:
          sum.entries === 0
            ? []
            : query.getAll('groupBy')[0] === 'day'
              ? [
                  {
                    key: '2026-03-02',
                    name: '2026-03-02',
                    color: null,
                    fromDate: '2026-03-02',
                    toDate: '2026-03-02',
                    ...sum,
                    groups,
                  },
                ]
              : groups,
      });
    }),
    api.get('/api/reports/detailed', ({ response }) =>
      response(200).json([
        {
          id: '01900000-0000-7000-8000-000000000009',
          member: { id: member.id, name: member.name },
          client: null,
          project: { id: '01900000-0000-7000-8000-000000000001', name: 'Alpha' },
          category: { id: '01900000-0000-7000-8000-000000000002', path: ['Design', 'Logo'] },
          tags: [],
          description: 'Sketches',
          billable: true,
          startedAt: '2026-03-02T08:00:00Z',
          stoppedAt: '2026-03-02T09:00:00Z',
          durationSeconds: 3_600,
          roundedSeconds: 3_600,
        },
      ]),
    ),
  );
}

function show(search: ReportSearch = {}) {
  return renderApp(<ReportsPage url={{ ...RANGE, ...search }} onSearch={() => undefined} />);
}

beforeEach(() => {
  world = new World().serve();
  worth = [];
  asked = [];
  member = {
    id: world.me.user.id,
    name: 'Ada',
    email: null,
    placeholder: false,
    claimedBy: null,
    role: 'owner',
    joinedAt: '2026-01-05T08:00:00Z',
    leftAt: null,
    revision: 1,
  };
  server.use(api.get('/api/members', ({ response }) => response(200).json([member])));
});

describe('a report', () => {
  it('has amounts of each currency for those who may see them, and asks for none otherwise', async () => {
    worth = [
      { currency: 'EUR', amount: '12.50', cost: '5.00', profit: '7.50' },
      { currency: 'JPY', amount: '1200', cost: '0', profit: '1200' },
    ];
    answer();
    const { unmount } = show();
    const total = within(await screen.findByRole('table')).getByRole('row', { name: /^Total/ });
    expect(total).toHaveTextContent('€12.50');
    expect(total).toHaveTextContent(/¥\s?1,200/);
    expect(screen.getByRole('columnheader', { name: 'Amount' })).toBeInTheDocument();
    expect(screen.getByRole('region', { name: 'Totals' })).toHaveTextContent('Cost €5.00, profit €7.50');
    expect(asked.some((query) => query.get('amounts') === 'true')).toBe(true);
    unmount();

    world.me.role = 'member';
    worth = [];
    asked = [];
    show({ sort: '-amount' });
    await screen.findByRole('table');
    expect(screen.queryByRole('columnheader', { name: 'Amount' })).toBeNull();
    expect(asked.some((query) => query.has('amounts') || query.has('sort'))).toBe(false);
  });

  it('prints lines that add up to the total, in the format of the person', async () => {
    answer();
    setPreferences({ duration: 'decimal' });
    show({ by: ['project'] });
    const table = await screen.findByRole('table');
    const figures = within(table)
      .getAllByRole('row')
      .slice(1)
      .map((row) =>
        [...row.querySelectorAll('td')].slice(0, 2).map((cell) => cell.textContent.replace(/ Show.*/, '')),
      );
    expect(figures).toEqual([
      ['0.34 h', '33.4%'],
      ['0.33 h', '33.3%'],
      ['0.33 h', '33.3%'],
      ['1.00 h', '100.0%'],
    ]);
  });

  it('has a chart that is read without its colours, beside the table', async () => {
    answer();
    show({ by: ['project'] });
    const bars = await screen.findByRole('list', { name: 'Time by day and project' });
    expect(
      within(bars).getByRole('link', {
        name: /^Mon 2 March.*: 1 h; Gamma: 20 min; Beta: 20 min; Alpha: 20 min$/,
      }),
    ).toBeVisible();
    const shares = screen.getByRole('list', { name: 'Share by project' });
    expect(
      within(shares)
        .getAllByRole('listitem')
        .map((item) => item.textContent),
    ).toEqual([
      expect.stringContaining('33.4%'),
      expect.stringContaining('33.3%'),
      expect.stringContaining('33.3%'),
    ]);
  });

  it('is not empty while it is on its way', async () => {
    answer();
    server.use(
      api.get('/api/reports/summary', async () => {
        await delay('infinite');
      }),
    );
    show();
    expect(await screen.findByRole('status', { name: 'Loading the report' })).toBeVisible();
    expect(screen.queryByText(/No time/)).not.toBeInTheDocument();
  });

  it('says that there is nothing only when the server does, and why', async () => {
    answer(totals(0, 0));
    const { unmount } = show();
    expect(await screen.findByRole('heading', { name: 'No time tracked in this range' })).toBeVisible();
    unmount();
    show({ billable: true });
    expect(await screen.findByRole('heading', { name: 'No time matches these filters' })).toBeVisible();
  });

  it('says that what runs has been counted up to now', async () => {
    answer(totals(3_600, 3, 1));
    show();
    expect(await screen.findByText('1 entry is still running. Its time counts up to 13:00.')).toBeVisible();
  });

  it.each<[Me['role'], boolean]>([
    ['owner', true],
    ['member', true],
    ['viewer', false],
  ])('lists entries, which %s may change: %s', async (role, mayEdit) => {
    world.me = { ...world.me, role };
    answer();
    show({ view: 'detailed' });
    expect(await screen.findByRole('listitem', { name: 'Sketches' })).toBeInTheDocument();
    expect(screen.queryAllByRole('button', { name: 'Edit Sketches' })).toHaveLength(mayEdit ? 1 : 0);
  });

  it('is narrowed to members only where there are others', async () => {
    answer();
    const { unmount } = show();
    await screen.findByRole('table');
    expect(screen.queryByRole('combobox', { name: 'Members' })).not.toBeInTheDocument();
    expect(screen.queryByRole('option', { name: 'Member' })).not.toBeInTheDocument();
    unmount();
    server.use(
      api.get('/api/members', ({ response }) =>
        response(200).json([member, { ...member, id: '01900000-0000-7000-8000-00000000000a', name: 'Ben' }]),
      ),
    );
    show();
    expect(await screen.findByRole('combobox', { name: 'Members' })).toBeVisible();
    expect(screen.getAllByRole('option', { name: 'Member' }).length).toBeGreaterThan(0);
  });
});
