import { screen, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Schemas } from '@/api/types';
import { renderApp } from '@/testing/render';
import { api, server } from '@/testing/server';
import { World } from '@/testing/world';
import { ReportLinks } from './report-links';

const REPORT: Schemas['SavedReport'] = {
  id: '01900000-0000-7000-8000-000000000101',
  memberId: '01900000-0000-7000-8000-000000000001',
  name: 'Last month',
  query: 'range=last-month',
  shared: false,
  createdAt: '2026-03-01T08:00:00Z',
  updatedAt: '2026-03-01T08:00:00Z',
  revision: 1,
};
const URL_OF_LINK = 'https://clockwork.example.org/shared-report#token=secret';

function link(number: number, changes: Partial<Schemas['ReportLink']> = {}): Schemas['ReportLink'] {
  return {
    id: `01900000-0000-7000-8000-00000000020${number}`,
    savedReportId: REPORT.id,
    hasPassword: false,
    expiresAt: null,
    createdAt: `2026-03-0${number}T08:00:00Z`,
    ...changes,
  };
}

let links: Schemas['ReportLink'][];

beforeEach(() => {
  new World().serve();
  links = [];
  server.use(
    api.get('/api/saved-reports/{savedReportId}/links', ({ response }) => response(200).json(links)),
  );
});

const show = () => renderApp(<ReportLinks report={REPORT} onClose={() => undefined} />);

describe('links to a saved report', () => {
  it('are listed with their ends, and each is ended after a question', async () => {
    links = [
      link(1, { expiresAt: '2026-03-20T08:00:00Z' }),
      link(2, { expiresAt: '2199-03-20T08:00:00Z', hasPassword: true }),
      link(3),
    ];
    const ended: string[] = [];
    server.use(
      api.delete(
        '/api/saved-reports/{savedReportId}/links/{reportLinkId}',
        ({ params: { reportLinkId }, response }) => {
          ended.push(reportLinkId);
          links = links.filter(({ id }) => id !== reportLinkId);
          return response(204).empty();
        },
      ),
    );
    const { user } = show();
    const rows = () => screen.getAllByRole('listitem').map((row) => row.textContent);
    await screen.findByRole('list', { name: 'Links' });
    expect(rows()).toEqual([
      expect.stringMatching(/^Created 1 Mar 2026, 09:00ended 20 Mar 2026End$/) as string,
      expect.stringMatching(/ends 20 Mar 2199 · with passwordEnd$/) as string,
      expect.stringMatching(/never endsEnd$/) as string,
    ]);
    await user.click(screen.getByRole('button', { name: 'End the link created 3 Mar 2026, 09:00' }));
    expect(ended).toEqual([]);
    await user.click(await screen.findByRole('button', { name: 'End the link' }));
    expect(await screen.findByText('Link ended')).toBeInTheDocument();
    expect(ended).toEqual([link(3).id]);
    expect(rows()).toHaveLength(2);
  });

  it('are made with a password that the server takes, and shown once', async () => {
    const sent: Schemas['CreateReportLink'][] = [];
    server.use(
      api.post('/api/saved-reports/{savedReportId}/links', async ({ request, response }) => {
        sent.push(await request.json());
        if (sent.length === 1)
          return response(400).json({
            code: 'invalid_password',
            message: 'password must have 12 characters',
            requestId: 'r-1',
            fields: [{ field: 'password', code: 'too_short', message: 'password must have 12 characters' }],
          });
        links = [link(1, { hasPassword: true })];
        return response(201).json({ ...link(1, { hasPassword: true }), url: URL_OF_LINK });
      }),
    );
    const { user } = show();
    expect(await screen.findByText('No links yet.')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'New link' }));
    const form = within(await screen.findByRole('dialog', { name: 'New link' }));
    await user.selectOptions(form.getByLabelText('Ends'), 'Never');
    await user.click(form.getByRole('switch', { name: /Ask for a password/ }));
    await user.type(form.getByLabelText('Password'), 'short');
    await user.click(form.getByRole('button', { name: 'Create the link' }));
    expect(await form.findByText('Use at least 12 characters.')).toBeInTheDocument();
    expect(form.getByLabelText('Password')).toHaveValue('short');
    await user.type(form.getByLabelText('Password'), ' but then long');
    await user.click(form.getByRole('button', { name: 'Create the link' }));
    expect(await screen.findByLabelText('Address of the shared report')).toHaveTextContent(URL_OF_LINK);
    expect(sent.at(-1)).toEqual({ expiresAt: null, password: 'short but then long' });
    await user.click(screen.getByRole('button', { name: 'Done' }));
    expect(await screen.findByText(/never ends · with password/)).toBeInTheDocument();
    expect(screen.queryByText(URL_OF_LINK)).toBeNull();
  });
});
