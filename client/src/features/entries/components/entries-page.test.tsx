import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { api, server } from '@/testing/server';
import { renderApp } from '@/testing/render';
import { World } from '@/testing/world';
import { Page, row, workspace } from '../testing';

/** Types a day as browsers tell of it: with each digit of the year there is another one. */
function typeDay(field: HTMLElement, ...days: string[]) {
  fireEvent.focus(field);
  for (const value of days) {
    fireEvent.keyDown(field, { key: '2' });
    fireEvent.change(field, { target: { value } });
    expect(field).toHaveValue(value);
  }
  fireEvent.keyDown(field, { key: 'Enter' });
}
const typedYear = ['0002-01-07', '0020-01-07', '0202-01-07', '2026-01-07'];

afterEach(() => vi.restoreAllMocks());

describe('EntriesPage', () => {
  it('lists by day of the user and splits what goes over midnight between the totals', async () => {
    workspace();
    renderApp(<Page />);

    const tuesday = await screen.findByRole('region', { name: /6 January/ });
    expect(tuesday).toHaveTextContent(/^Tue,? 6 January ?(2026)?2:00/);
    const wednesday = screen.getByRole('region', { name: /7 January/ });
    expect(wednesday).toHaveTextContent(/^Wed,? 7 January ?(2026)?2:30/);
    expect(wednesday).toHaveTextContent(/Release, continued from/);
    expect(screen.getByRole('group', { name: /5 Jan – 11 Jan/ })).toHaveTextContent('4:30');
  });

  it('says what to do when there is nothing', async () => {
    new World().serve();
    renderApp(<Page />);
    expect(await screen.findByRole('heading', { name: 'No time tracked yet' })).toBeVisible();
    expect(screen.getByRole('link', { name: 'Create a project' })).toHaveAttribute('href', '/projects');
  });

  it('offers another attempt when loading fails', async () => {
    const { world } = workspace();
    server.use(
      api.get('/api/time/entries', ({ response }) =>
        response(400).json({ code: 'invalid_time', message: 'That is no time.', requestId: 'req-9' }),
      ),
    );
    const { user } = renderApp(<Page />);
    expect(await screen.findByText('Error ID req-9')).toBeVisible();
    world.serve();
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('listitem', { name: 'Planning' })).toBeVisible();
  });

  it('deletes at once and brings back on undo', async () => {
    const { world, morning } = workspace();
    const { user } = renderApp(<Page />);

    await user.click((await row('Planning')).getByRole('button', { name: 'More for Planning' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Delete' }));
    await waitFor(() => expect(screen.queryByRole('listitem', { name: 'Planning' })).not.toBeInTheDocument());
    await waitFor(() => expect(world.entries).not.toContain(morning));

    await user.click(await screen.findByRole('button', { name: 'Undo' }));
    expect(await screen.findByRole('listitem', { name: 'Planning' })).toBeVisible();
    expect(world.entries).toContain(morning);
  });

  it('puts an entry back into the list when it could not be deleted', async () => {
    workspace();
    server.use(
      api.delete('/api/time/entries/{entryId}', ({ response }) =>
        response(500).json({ code: 'internal', message: 'Something broke.', requestId: 'req-5' }),
      ),
    );
    const { user } = renderApp(<Page />);
    await user.click((await row('Planning')).getByRole('button', { name: 'More for Planning' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Delete' }));
    expect(await screen.findAllByText(/Error ID req-5/)).not.toHaveLength(0);
    expect(await screen.findByRole('listitem', { name: 'Planning' })).toBeVisible();
  });

  it('saves a description where it stands, twice in a row without a conflict with itself', async () => {
    const { world, morning } = workspace();
    const { user } = renderApp(<Page />);

    const field = (await row('Planning')).getByRole('textbox', { name: 'Description' });
    await user.clear(field);
    await user.type(field, 'Plan A{Enter}');
    const again = (await row('Plan A')).getByRole('textbox', { name: 'Description' });
    await user.clear(again);
    await user.type(again, 'Plan B{Enter}');

    await waitFor(() =>
      expect(world.entries.find((entry) => entry.id === morning.id)?.description).toBe('Plan B'),
    );
    expect(screen.queryByText(/changed elsewhere/)).not.toBeInTheDocument();
  });

  it('reads typed times and sends only what changed', async () => {
    const { world, morning } = workspace();
    const { user } = renderApp(<Page />);

    await user.click((await row('Planning')).getByRole('button', { name: 'Times: 09:00 to 10:00, 1:00' }));
    const end = await screen.findByRole('textbox', { name: 'End' });
    await user.clear(end);
    await user.type(end, '1145{Enter}');

    await waitFor(() =>
      expect(world.entries.find((entry) => entry.id === morning.id)).toMatchObject({
        startedAt: '2026-01-06T08:00:00Z',
        stoppedAt: '2026-01-06T10:45:00Z',
      }),
    );
  });

  it('takes a day that is typed when it is complete', async () => {
    const { world, morning } = workspace();
    const { user } = renderApp(<Page />);
    await user.click((await row('Planning')).getByRole('button', { name: 'Times: 09:00 to 10:00, 1:00' }));
    typeDay(await screen.findByLabelText('Date'), ...typedYear);

    await waitFor(() =>
      expect(world.entries.find((entry) => entry.id === morning.id)).toMatchObject({
        startedAt: '2026-01-07T08:00:00Z',
        stoppedAt: '2026-01-07T09:00:00Z',
      }),
    );
    expect(world.log).toHaveLength(1);
  });

  it('filters by days that are typed, and asks for none that is half typed', async () => {
    workspace();
    const asked: string[] = [];
    server.events.on('request:start', ({ request }) => {
      const from = new URL(request.url).searchParams.get('from');
      if (from?.startsWith('0')) asked.push(from);
    });
    const { user } = renderApp(<Page />);
    await row('Planning');
    await user.click(screen.getByRole('button', { name: 'Filter' }));
    typeDay(await screen.findByLabelText('From'), ...typedYear);

    await waitFor(() => expect(screen.queryByRole('listitem', { name: 'Planning' })).not.toBeInTheDocument());
    expect(await screen.findByText(/Release, continued from/)).toBeVisible();
    expect(asked).toEqual([]);
  });

  it('counts a timer that has run for days in each of them, and lets today grow', async () => {
    const { world, design } = workspace();
    world.entry(design, '2026-01-09T08:00:00Z', null, { description: 'Forgotten' });
    const now = vi.spyOn(Date, 'now').mockReturnValue(Date.parse('2026-01-12T08:00:00Z'));
    const { user } = renderApp(<Page />);

    // Monday: nothing that the week has began in it.
    const monday = await screen.findByRole('button', { name: /^Mon,? 12 January: 9 h$/ });
    await user.click(monday);
    expect(await screen.findByText(/Forgotten, continued from Fri,? 9 January 09:00/)).toBeVisible();
    expect(screen.getByRole('region', { name: 'Today' })).toHaveTextContent(/9:00/);

    now.mockReturnValue(Date.parse('2026-01-12T09:30:00Z'));
    act(() => void document.dispatchEvent(new Event('visibilitychange')));
    expect(monday).toHaveAccessibleName(/^Mon,? 12 January: 10 h 30 min$/);
  });

  it('offers another attempt for a change that did not arrive', async () => {
    const { world, morning } = workspace();
    server.use(api.untyped.patch('*/api/time/entries/*', () => Response.error()));
    const { user } = renderApp(<Page />);
    const field = (await row('Planning')).getByRole('textbox', { name: 'Description' });
    await user.clear(field);
    await user.type(field, 'Long and well put{Enter}');
    // An error is read out at once; its toast is there for screen readers when it has the focus.
    const again = await screen.findByRole('button', { name: 'Try again', hidden: true });
    world.serve();
    await user.click(again);

    await waitFor(() =>
      expect(world.entries.find((entry) => entry.id === morning.id)?.description).toBe('Long and well put'),
    );
  });

  it('splits an entry of seconds too', async () => {
    const { world, design } = workspace();
    world.entry(design, '2026-01-06T12:00:10.250Z', '2026-01-06T12:00:13.501Z', { description: 'Glance' });
    const { user } = renderApp(<Page />);
    await user.click((await row('Glance')).getByRole('button', { name: 'More for Glance' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Split…' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Split entry' }));
    expect(dialog.getByRole('textbox', { name: 'Split at' })).toHaveValue('13:00:11');
    expect(dialog.getByRole('button', { name: 'Split' })).toBeEnabled();
  });

  it('starts one timer on a double click', async () => {
    const { world } = workspace();
    const { user } = renderApp(<Page />);
    await user.dblClick((await row('Planning')).getByRole('button', { name: 'Start Planning again' }));
    await waitFor(() => expect(world.running()).not.toBeNull());
    await user.click(screen.getByRole('heading', { level: 1 }));
    expect(world.log.filter((asked) => asked.startsWith('POST'))).toHaveLength(1);
  });

  it('says what a time looks like, and saves nothing in place of what cannot be read', async () => {
    const { world } = workspace();
    const { user } = renderApp(<Page />);
    await user.click((await row('Planning')).getByRole('button', { name: 'More for Planning' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Edit…' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Edit entry' }));
    await user.type(dialog.getByRole('textbox', { name: 'Description' }), ' and more');
    const start = dialog.getByRole('textbox', { name: 'Start' });
    await user.clear(start);
    await user.type(start, 'half nine');
    expect(start).toHaveAttribute('aria-invalid', 'false');
    await user.tab();
    expect(start).toBeInvalid();
    expect(start).toHaveAccessibleDescription('Type a time such as 9:30, 930 or 9.30pm.');
    await user.click(dialog.getByRole('button', { name: 'Save' }));
    expect(world.log).toEqual([]);

    await user.clear(start);
    await user.type(start, '9.15');
    await user.click(dialog.getByRole('button', { name: 'Save' }));
    await waitFor(() =>
      expect(world.entries).toContainEqual(
        expect.objectContaining({ description: 'Planning and more', startedAt: '2026-01-06T08:15:00Z' }),
      ),
    );
  });

  it('adds an entry by hand, with the errors of the server at their fields', async () => {
    const { world, design } = workspace();
    const { user } = renderApp(<Page />);
    await user.click(await screen.findByRole('button', { name: 'Add entry' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Add entry' }));

    await user.type(dialog.getByRole('textbox', { name: 'Description' }), 'Call');
    await user.click(dialog.getByRole('button', { name: 'Add entry' }));
    expect(dialog.getByText('Pick a category.')).toBeVisible();

    await user.click(dialog.getByRole('combobox', { name: 'Pick a category' }));
    await user.click((await screen.findAllByRole('option', { name: /Design/ }))[0] ?? document.body);
    server.use(
      api.post(
        '/api/time/entries',
        ({ response }) =>
          response(400).json({
            code: 'invalid_time',
            message: 'That cannot be.',
            requestId: 'r',
            fields: [{ field: 'startedAt', code: 'out_of_range', message: 'Must not lie in the future.' }],
          }),
        { once: true },
      ),
    );
    await user.click(dialog.getByRole('button', { name: 'Add entry' }));
    expect(
      await dialog.findByText("A start can't be in the future while the timer runs, nor before 1970."),
    ).toBeVisible();
    expect(dialog.getByRole('textbox', { name: 'Start' })).toBeInvalid();

    await user.click(dialog.getByRole('button', { name: 'Add entry' }));
    await waitFor(() =>
      expect(world.entries.find((entry) => entry.description === 'Call')?.categoryId).toBe(design.id),
    );
  });

  it('deletes what is selected, also a range with shift', async () => {
    const { world, design } = workspace();
    world.entry(design, '2026-01-06T10:00:00Z', '2026-01-06T11:00:00Z', { description: 'Between' });
    const { user } = renderApp(<Page />);

    await user.click((await row('Release')).getByRole('checkbox'));
    await user.keyboard('{Shift>}');
    await user.click((await row('Planning')).getByRole('checkbox'));
    await user.keyboard('{/Shift}');
    const toolbar = within(screen.getByRole('toolbar', { name: 'Selected entries' }));
    await user.click(toolbar.getByRole('button', { name: 'Delete' }));

    await waitFor(() => expect(world.entries).toEqual([]));
    expect(await screen.findAllByText('3 entries deleted')).not.toHaveLength(0);
  });

  it('has the whole total of a day of which not all is loaded, and says so of one that is not known', async () => {
    const { world, design } = workspace();
    let answer: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    server.use(
      api.untyped.get('*/api/time/totals', async ({ request }) => {
        // The week that is shown has a total of its own.
        if (new URL(request.url).searchParams.get('overlapFrom')?.startsWith('2026-01')) await held;
        return undefined;
      }),
    );
    for (let index = 0; index < 100; index += 1) {
      const at = Date.parse('2026-01-06T02:00:00Z') + index * 60_000;
      world.entry(design, new Date(at).toISOString(), new Date(at + 60_000).toISOString());
    }
    const { user } = renderApp(<Page />);
    // Roles of hundreds of rows take long to compute, so that nothing is looked for by its role.
    // A day of so many is drawn in several pieces, of which the first has its total.
    const [tuesday = document.body] = await screen.findAllByLabelText(/6 January/, { selector: 'section' });
    expect(within(tuesday).getByLabelText('at least')).toBeInTheDocument();
    answer();
    await waitFor(() => expect(within(tuesday).queryByLabelText('at least')).not.toBeInTheDocument());
    expect(tuesday).toHaveTextContent(/^Tue,? 6 January ?(2026)?3:40/);
    await user.click(screen.getByText('Load older entries'));
    await waitFor(() => expect(screen.queryByText('Load older entries')).not.toBeInTheDocument());
    expect(tuesday).toHaveTextContent(/^Tue,? 6 January ?(2026)?3:40/);
    // A hundred rows, on a machine that does other things as well.
  }, 90_000);

  it('asks twice at most for a change by a click, whatever is loaded', async () => {
    workspace();
    const { user } = renderApp(<Page />);
    const billable = (await row('Planning')).getByRole('button', { name: 'Billable' });
    const asked: string[] = [];
    server.events.on('request:start', ({ request }) => {
      asked.push(`${request.method} ${new URL(request.url).pathname}`);
    });
    await user.click(billable);
    await waitFor(() => expect(asked.at(-1)).toMatch(/^PATCH/));
    await waitFor(() => expect(billable).toHaveAttribute('aria-pressed', 'true'));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(asked.length).toBeLessThanOrEqual(2);
  });

  it('goes from row to row by arrows, and does by single keys what its buttons do', async () => {
    const { world } = workspace();
    const { user } = renderApp(<Page />);
    const release = await screen.findByRole('listitem', { name: 'Release' });
    act(() => release.focus());
    await user.keyboard('{ArrowDown}');
    expect(screen.getByRole('listitem', { name: 'Planning' })).toHaveFocus();
    await user.keyboard('{ArrowUp}x');
    expect(await screen.findByRole('toolbar', { name: 'Selected entries' })).toHaveTextContent('1 selected');
    await user.keyboard('x{ArrowDown}{Delete}');
    await waitFor(() => expect(world.entries).toHaveLength(1));
    await waitFor(() => expect(screen.getByRole('listitem', { name: 'Release' })).toHaveFocus());
    await user.keyboard('c');
    await waitFor(() => expect(world.running()?.description).toBe('Release'));
    await user.keyboard('{Enter}');
    expect(await screen.findByRole('dialog', { name: 'Edit entry' })).toBeVisible();
  });

  it('marks entries that share time', async () => {
    const { night, morning } = workspace();
    server.use(
      api.get('/api/time/overlaps', ({ response }) =>
        response(200).json([
          {
            firstId: morning.id,
            secondId: night.id,
            startedAt: '2026-01-06T08:00:00Z',
            stoppedAt: '2026-01-06T08:15:00Z',
            durationSeconds: 900,
          },
        ]),
      ),
    );
    renderApp(<Page />);
    const planning = await row('Planning');
    expect(await planning.findByRole('button', { name: 'Overlaps another entry by 15 min' })).toBeVisible();
  });
});
