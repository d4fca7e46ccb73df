import { screen, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { renderApp } from '@/testing/render';
import { api, server } from '@/testing/server';
import { World } from '@/testing/world';
import { readHours, readPercents, writeHours, type Budget } from '../budgets';
import { BudgetsSection } from './budgets-section';

const MADE = '2026-03-01T08:00:00Z';
let world: World;
let projectId: string;
let budgets: Budget[];

beforeEach(() => {
  world = new World();
  projectId = world.project('Site').id;
  world.serve();
  budgets = [
    {
      id: '01900000-0000-7000-8000-000000000201',
      clientId: null,
      projectId,
      measure: 'time',
      period: 'month',
      durationSeconds: 36_000,
      amount: null,
      alertPercents: [80, 100],
      createdAt: MADE,
      updatedAt: MADE,
      revision: 3,
      periodStart: '2026-03-01',
      currency: null,
      used: { durationSeconds: 30_600 } as never,
      left: { durationSeconds: 5_400 } as never,
      percent: 85,
      forecast: { durationSeconds: 45_000 } as never,
      alerts: [{ percent: 80, reachedAt: '2026-03-12T10:00:00Z' }],
    },
    {
      id: '01900000-0000-7000-8000-000000000202',
      clientId: null,
      projectId,
      measure: 'money',
      period: 'total',
      durationSeconds: null,
      amount: '1000',
      alertPercents: [],
      createdAt: MADE,
      updatedAt: MADE,
      revision: 1,
      periodStart: null,
      currency: 'EUR',
      used: { amount: '1200.50' } as never,
      left: { amount: '-200.50' } as never,
      percent: 120,
      forecast: null,
      alerts: [],
    },
  ];
  server.use(api.get('/api/budgets', ({ response }) => response(200).json(budgets)));
});

describe('budgets', () => {
  it('say in words what is used, left and to be expected, and which alerts came', async () => {
    renderApp(<BudgetsSection scope={{ projectId }} />);
    const time = await screen.findByRole('listitem', { name: '10:00 each month' });
    expect(time).toHaveTextContent('85% used (8:30)');
    expect(time).toHaveTextContent('1:30 left');
    expect(time).toHaveTextContent('At this pace 12:30 (125%) at the end of the month');
    expect(time).toHaveTextContent(/80% reached on .*12 March.* · Alert at 100%/);
    expect(within(time).getByRole('meter')).toHaveAttribute('aria-valuetext', '85%');
    const money = screen.getByRole('listitem', { name: '€1,000.00 in all' });
    expect(money).toHaveTextContent('120% used (€1,200.50)');
    expect(money).toHaveTextContent('€200.50 over the budget');
  });

  it('are made of what is typed, and the form keeps it when the server refuses', async () => {
    const sent: unknown[] = [];
    server.use(
      api.post('/api/budgets', async ({ request, response }) => {
        sent.push(await request.json());
        return response(409).json({ code: 'duplicate_budget', message: 'there is one', requestId: 'r-1' });
      }),
    );
    const { user } = renderApp(<BudgetsSection scope={{ projectId }} />);
    await user.click(await screen.findByRole('button', { name: 'New budget' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'New budget' }));
    await user.type(dialog.getByLabelText('Hours'), 'ten');
    expect(dialog.getByText('Type hours, such as 120 or 37:30.')).toBeInTheDocument();
    expect(dialog.getByRole('button', { name: 'Save' })).toBeDisabled();
    await user.clear(dialog.getByLabelText('Hours'));
    await user.type(dialog.getByLabelText('Hours'), '37:30');
    await user.clear(dialog.getByLabelText('Alerts, in percent'));
    await user.type(dialog.getByLabelText('Alerts, in percent'), '90 50');
    await user.click(dialog.getByRole('button', { name: 'Save' }));
    expect(await dialog.findByText('There is already such a budget.')).toBeInTheDocument();
    expect(dialog.getByLabelText('Hours')).toHaveValue('37:30');
    expect(sent).toEqual([
      { projectId, measure: 'time', period: 'total', durationSeconds: 135_000, alertPercents: [50, 90] },
    ]);
  });

  it('are changed as they were seen', async () => {
    let sent: unknown;
    server.use(
      api.patch('/api/budgets/{budgetId}', async ({ request, response }) => {
        sent = { match: request.headers.get('If-Match'), body: await request.json() };
        return response(200).json(budgets[0] ?? expect.fail());
      }),
    );
    const { user } = renderApp(<BudgetsSection scope={{ projectId }} />);
    await user.click(await screen.findByRole('button', { name: 'Change the budget 10:00 each month' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Change budget' }));
    await user.clear(dialog.getByLabelText('Hours'));
    await user.type(dialog.getByLabelText('Hours'), '12');
    await user.click(dialog.getByRole('button', { name: 'Save' }));
    await screen.findAllByText('Budget saved');
    expect(sent).toEqual({ match: '"3"', body: { durationSeconds: 43_200 } });
  });
});

it.each([
  ['120', 432_000, '120'],
  ['37:30', 135_000, '37:30'],
  ['1,5', 5_400, '1:30'],
])('%s is so many hours, and written back', (text, seconds, written) => {
  expect(readHours(text)).toBe(seconds);
  expect(writeHours(seconds)).toBe(written);
});

it('percentages are whole numbers, each once, in any form of list', () => {
  expect(readPercents('100, 80 %;80')).toEqual([80, 100]);
  expect(readPercents('')).toEqual([]);
  expect(readPercents('80.5')).toBeNull();
});
