import { screen, within } from '@testing-library/react';
import { beforeEach, expect, it } from 'vitest';
import { keys } from '@/api/keys';
import type { Schemas } from '@/api/types';
import { renderApp } from '@/testing/render';
import { api, server } from '@/testing/server';
import { World } from '@/testing/world';
import { ReportSchedules } from './report-schedules';

const MADE = '2026-03-01T08:00:00Z';
const REPORT: Schemas['SavedReport'] = {
  id: '01900000-0000-7000-8000-000000000101',
  memberId: '01900000-0000-7000-8000-000000000001',
  name: 'Last month',
  query: 'range=last-month',
  shared: false,
  createdAt: MADE,
  updatedAt: MADE,
  revision: 1,
};

let world: World;
let schedules: Schemas['ReportSchedule'][];

function schedule(changes: Partial<Schemas['ReportSchedule']> = {}): Schemas['ReportSchedule'] {
  return {
    id: '01900000-0000-7000-8000-000000000501',
    savedReportId: REPORT.id,
    format: 'pdf',
    amounts: false,
    every: 'week',
    weekday: 'monday',
    day: null,
    time: '08:00',
    timeZone: 'Europe/Berlin',
    recipientIds: [world.me.user.id],
    paused: false,
    nextRunAt: '2026-03-09T07:00:00Z',
    lastRunAt: null,
    lastOutcome: null,
    createdAt: MADE,
    updatedAt: MADE,
    revision: 4,
    ...changes,
  };
}

beforeEach(() => {
  world = new World().serve();
  schedules = [];
  server.use(
    api.get('/api/members', ({ response }) =>
      response(200).json([
        {
          id: world.me.user.id,
          name: 'Ada',
          email: null,
          role: 'owner',
          joinedAt: MADE,
          leftAt: null,
          placeholder: false,
          claimedBy: null,
          revision: 1,
        },
      ]),
    ),
    api.get('/api/saved-reports/{savedReportId}/schedules', ({ response }) => response(200).json(schedules)),
  );
});

/** As within the application, which knows who the user is by then. */
function show() {
  const view = renderApp(<ReportSchedules report={REPORT} onClose={() => undefined} />);
  view.client.setQueryData(keys.me, world.me);
  return view;
}

it('makes a schedule with the days of its kind, and says at the fields what is refused', async () => {
  const sent: Schemas['CreateReportSchedule'][] = [];
  server.use(
    api.post('/api/saved-reports/{savedReportId}/schedules', async ({ request, response }) => {
      sent.push(await request.json());
      if (sent.length === 1)
        return response(400).json({
          code: 'invalid_recipient',
          message: 'has no address',
          requestId: 'r-1',
          fields: [{ field: 'recipientIds', code: 'empty', message: 'has no address' }],
        });
      schedules = [schedule({ every: 'month', weekday: null, day: 5 })];
      return response(201).json(schedule({ every: 'month', weekday: null, day: 5 }));
    }),
  );
  const { user } = show();
  expect(await screen.findByText('No schedules yet.')).toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'New schedule' }));
  const form = within(await screen.findByRole('dialog', { name: 'New schedule' }));
  await user.selectOptions(form.getByLabelText('Send'), 'Every month');
  expect(form.queryByLabelText('Day of the week')).toBeNull();
  await user.selectOptions(form.getByLabelText('Day of the month'), '5');
  await user.click(await form.findByRole('checkbox', { name: 'Ada' }));
  await user.click(form.getByRole('button', { name: 'Save' }));
  expect(await form.findByRole('alert')).toHaveTextContent('Fill this in.');
  await user.click(form.getByRole('checkbox', { name: 'Ada' }));
  await user.click(form.getByRole('button', { name: 'Save' }));
  expect(await screen.findByText(/^Day 5 of every month at 08:00/)).toBeInTheDocument();
  expect(sent[0]?.recipientIds).toEqual([]);
  expect(sent[1]).toEqual({
    every: 'month',
    day: 5,
    time: '08:00',
    timeZone: 'Europe/Berlin',
    format: 'pdf',
    amounts: false,
    recipientIds: [world.me.user.id],
  });
});

it('pauses one as it was seen, sends it to oneself, and says why the server has paused one', async () => {
  schedules = [schedule()];
  const sent: unknown[] = [];
  server.use(
    api.patch(
      '/api/saved-reports/{savedReportId}/schedules/{reportScheduleId}',
      async ({ request, response }) => {
        sent.push({ match: request.headers.get('If-Match'), body: await request.json() });
        schedules = [schedule({ paused: true, nextRunAt: null, revision: 5, lastOutcome: 'no_recipients' })];
        return response(200).json(schedules[0] ?? schedule());
      },
    ),
    api.untyped.post('*/schedules/*/send', () => {
      sent.push('to me');
      return new Response(null, { status: 202 });
    }),
  );
  const { user } = show();
  await user.click(await screen.findByRole('button', { name: /^Send to me now, as by .*Monday at 08:00/ }));
  expect(await screen.findByText('The report is on its way to you')).toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: /^Pause the schedule/ }));
  expect(await screen.findByText('Paused, because no recipient is left.')).toBeInTheDocument();
  expect(screen.getByRole('button', { name: /^Resume the schedule/ })).toBeEnabled();
  expect(sent).toEqual(['to me', { match: '"4"', body: { paused: true } }]);
});

it('calls no recipient unknown, and lists nobody to choose, while the members cannot be read', async () => {
  schedules = [schedule()];
  server.use(
    api.get('/api/members', ({ response }) =>
      response(403).json({ code: 'forbidden', message: 'Not for you.', requestId: 'r-7' }),
    ),
  );
  const { user } = show();
  expect(await screen.findByText('Error ID r-7')).toBeInTheDocument();
  expect(screen.queryByText(/Unknown/)).not.toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'New schedule' }));
  const form = within(await screen.findByRole('dialog', { name: 'New schedule' }));
  expect(await form.findByText('Error ID r-7')).toBeInTheDocument();
  expect(form.queryByRole('checkbox')).not.toBeInTheDocument();
});
