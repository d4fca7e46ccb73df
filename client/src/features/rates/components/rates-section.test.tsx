import { screen, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Schemas } from '@/api/types';
import { renderApp } from '@/testing/render';
import { api, server } from '@/testing/server';
import { World } from '@/testing/world';
import { RatesSection } from './rates-section';

const MADE = '2026-03-01T08:00:00Z';
const NO_TARGET = { memberId: null, clientId: null, projectId: null, categoryId: null };
let rates: Schemas['Rate'][];

beforeEach(() => {
  new World().serve();
  rates = [
    {
      id: '01900000-0000-7000-8000-000000000101',
      kind: 'billable',
      ...NO_TARGET,
      validFrom: '1970-01-01',
      hourly: '85.5',
      createdAt: MADE,
      updatedAt: MADE,
      revision: 4,
    },
  ];
  server.use(
    api.get('/api/members', ({ response }) => response(200).json([])),
    api.get('/api/rates', ({ response }) => response(200).json(rates)),
    api.get('/api/currencies', ({ response }) =>
      response(200).json([
        {
          id: '01900000-0000-7000-8000-000000000100',
          clientId: null,
          currency: 'EUR',
          updatedAt: MADE,
          revision: 1,
        },
      ]),
    ),
  );
});

describe('rates', () => {
  it('say what they are for, from when on, and what an hour is worth', async () => {
    renderApp(<RatesSection />);
    const row = await screen.findByRole('listitem', { name: 'Workspace' });
    expect(row).toHaveTextContent('always');
    expect(row).toHaveTextContent('€85.50');
    expect(screen.getByLabelText('Currency')).toHaveValue('EUR');
    expect(screen.getByText(/The first of these that has a rate/)).toBeInTheDocument();
  });

  it('are made of a decimal as it is typed, and the form stays when the server refuses it', async () => {
    const sent: unknown[] = [];
    server.use(
      api.post('/api/rates', async ({ request, response }) => {
        sent.push(await request.json());
        return response(409).json({ code: 'duplicate_rate', message: 'there is one', requestId: 'r-1' });
      }),
    );
    const { user } = renderApp(<RatesSection />);
    await user.click(await screen.findByRole('button', { name: 'New rate' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'New rate' }));
    await user.selectOptions(dialog.getByLabelText('Kind'), 'Cost');
    expect(dialog.getByLabelText('Applies to')).toHaveTextContent(/^WorkspaceMember$/);
    await user.type(dialog.getByLabelText('Per hour'), '40,25');
    await user.click(dialog.getByRole('button', { name: 'Save' }));
    expect(await dialog.findByText('There is already a rate from this day on.')).toBeInTheDocument();
    expect(dialog.getByLabelText('Per hour')).toHaveValue('40,25');
    expect(sent).toEqual([{ kind: 'cost', hourly: '40.25', validFrom: '1970-01-01' }]);
  });

  it('are changed as they were seen', async () => {
    let sent: unknown;
    server.use(
      api.patch('/api/rates/{rateId}', async ({ request, response }) => {
        sent = { match: request.headers.get('If-Match'), body: await request.json() };
        rates = rates.map((rate) => ({ ...rate, hourly: '90', revision: 5 }));
        return response(200).json(rates[0] ?? expect.fail());
      }),
    );
    const { user } = renderApp(<RatesSection />);
    await user.click(await screen.findByRole('button', { name: 'Change the rate of Workspace' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Change rate' }));
    await user.clear(dialog.getByLabelText('Per hour'));
    await user.type(dialog.getByLabelText('Per hour'), '90');
    await user.click(dialog.getByRole('button', { name: 'Save' }));
    expect(await screen.findByText('€90.00')).toBeInTheDocument();
    expect(sent).toEqual({ match: '"4"', body: { hourly: '90' } });
  });

  it('call nothing unknown while the names cannot be read', async () => {
    rates = rates.map((rate) => ({ ...rate, memberId: '01900000-0000-7000-8000-00000000aaa1' }));
    server.use(
      api.get('/api/members', ({ response }) =>
        response(403).json({ code: 'forbidden', message: 'Not for you.', requestId: 'r-7' }),
      ),
    );
    renderApp(<RatesSection />);
    expect(await screen.findByText('Error ID r-7')).toBeInTheDocument();
    expect(screen.queryByText('Unknown')).not.toBeInTheDocument();
  });
});
