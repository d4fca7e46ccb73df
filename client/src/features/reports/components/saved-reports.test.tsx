import { screen, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Schemas } from '@/api/types';
import { renderApp } from '@/testing/render';
import { api, server } from '@/testing/server';
import { World } from '@/testing/world';
import { SavedReports } from './saved-reports';

const MADE = '2026-03-01T08:00:00Z';
let world: World;
let reports: Schemas['SavedReport'][];

function report(name: string, changes: Partial<Schemas['SavedReport']> = {}): Schemas['SavedReport'] {
  return {
    id: `01900000-0000-7000-8000-0000000001${String(reports.length).padStart(2, '0')}`,
    memberId: world.me.user.id,
    name,
    query: 'range=last-month',
    shared: false,
    createdAt: MADE,
    updatedAt: MADE,
    revision: 3,
    ...changes,
  };
}

beforeEach(() => {
  world = new World().serve();
  reports = [];
  reports.push(report('Last month'));
  reports.push(report('Of another', { memberId: '01900000-0000-7000-8000-000000000999', shared: true }));
  server.use(api.get('/api/saved-reports', ({ response }) => response(200).json(reports)));
});

async function list(user: ReturnType<typeof renderApp>['user']) {
  await user.click(screen.getByRole('button', { name: 'Saved reports' }));
  return within(await screen.findByRole('list', { name: 'Saved reports' }));
}

describe('saved reports', () => {
  it('are links to what they show, and only own ones can be changed', async () => {
    const { user } = renderApp(<SavedReports search={{ range: 'last-month' }} />);
    const found = await list(user);
    const link = found.getByRole('link', { name: 'Last month' });
    expect(link).toHaveAttribute('href', '/reports?range=last-month');
    expect(link).toHaveAttribute('aria-current', 'true');
    expect(found.getByRole('link', { name: /Of another/ })).toHaveTextContent('Shared with the workspace');
    expect(found.getByRole('button', { name: 'Change Last month' })).toBeInTheDocument();
    expect(found.queryByRole('button', { name: 'Change Of another' })).toBeNull();
  });

  it('save what is shown, and the form stays with what was typed when it is refused', async () => {
    const sent: unknown[] = [];
    server.use(
      api.post('/api/saved-reports', async ({ request, response }) => {
        sent.push(await request.json());
        if (sent.length === 1)
          return response(409).json({
            code: 'too_many_saved_reports',
            message: 'too many',
            requestId: 'r-1',
          });
        reports.push(report('Acme', { query: 'range=month' }));
        return response(201).json(reports.at(-1) ?? report('Acme'));
      }),
    );
    const { user } = renderApp(<SavedReports search={{ range: 'month' }} />);
    await list(user);
    await user.click(screen.getByRole('button', { name: 'Save this report' }));
    const dialog = await screen.findByRole('dialog', { name: 'Save this report' });
    await user.type(within(dialog).getByLabelText('Name'), 'Acme');
    await user.click(within(dialog).getByRole('button', { name: 'Save' }));
    expect(await within(dialog).findByText(/as many saved reports as there can be/)).toBeInTheDocument();
    expect(within(dialog).getByLabelText('Name')).toHaveValue('Acme');
    await user.click(within(dialog).getByRole('button', { name: 'Save' }));
    expect(await screen.findByText('Report saved')).toBeInTheDocument();
    expect(sent).toEqual(Array(2).fill({ name: 'Acme', shared: false, query: 'range=month' }));
  });

  it('are renamed and replaced as they were seen', async () => {
    let sent: { match: string | null; body: unknown } | undefined;
    server.use(
      api.patch('/api/saved-reports/{savedReportId}', async ({ request, response }) => {
        sent = { match: request.headers.get('If-Match'), body: await request.json() };
        return response(200).json(report('Renamed'));
      }),
    );
    const { user } = renderApp(<SavedReports search={{ range: 'year' }} />);
    await user.click((await list(user)).getByRole('button', { name: 'Change Last month' }));
    const dialog = await screen.findByRole('dialog', { name: 'Change saved report' });
    await user.clear(within(dialog).getByLabelText('Name'));
    await user.type(within(dialog).getByLabelText('Name'), 'Renamed');
    await user.click(within(dialog).getByRole('switch', { name: /Replace with what is shown now/ }));
    await user.click(within(dialog).getByRole('button', { name: 'Save' }));
    expect(await screen.findByText('Report saved')).toBeInTheDocument();
    expect(sent).toEqual({ match: '"3"', body: { name: 'Renamed', query: 'range=year' } });
  });
});
