import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { toast } from '@/components/ui/toast';
import { api, server } from '@/testing/server';
import { renderApp } from '@/testing/render';
import { World } from '@/testing/world';
import { TimerBar } from './timer-bar';
import { TimerNotice } from './timer-notice';

function workspace() {
  const world = new World();
  const site = world.project('Site', { billable: true });
  const design = world.category(site, 'Design');
  const logo = world.category(site, 'Logo', design);
  return { world: world.serve(), site, design, logo };
}

async function bar() {
  return within(await screen.findByRole('region', { name: 'Timer' }));
}

describe('TimerBar', () => {
  it('starts what was typed, in the picked category, with the billing of its project', async () => {
    const { world, logo } = workspace();
    const { user } = renderApp(<TimerBar />);
    const timer = await bar();

    await user.type(timer.getByRole('combobox', { name: 'What are you working on?' }), 'Sketches');
    await user.click(timer.getByRole('combobox', { name: 'Pick a category' }));
    await user.type(await screen.findByRole('combobox', { name: 'Search or create a category' }), 'logo');
    await user.click(await screen.findByRole('option', { name: /Design \/ Logo/ }));
    await user.click(timer.getByRole('button', { name: 'Start the timer' }));

    expect(await timer.findByRole('button', { name: 'Stop the timer' })).toBeVisible();
    await waitFor(() =>
      expect(world.running()).toMatchObject({ description: 'Sketches', categoryId: logo.id, billable: true }),
    );
  });

  it('asks for a category when there is none and starts with the one that is picked', async () => {
    const { world, design } = workspace();
    const { user } = renderApp(<TimerBar />);
    const timer = await bar();

    await user.click(timer.getByRole('button', { name: 'Start the timer' }));
    expect(await screen.findByText('Pick a category to start the timer.')).toBeVisible();
    await user.click(await screen.findByRole('option', { name: 'Design' }));

    await waitFor(() => expect(world.running()?.categoryId).toBe(design.id));
  });

  it('makes project and nested categories from what is typed', async () => {
    const { world } = workspace();
    const { user } = renderApp(<TimerBar />);
    const timer = await bar();

    await user.click(timer.getByRole('button', { name: 'Start the timer' }));
    await user.type(
      await screen.findByRole('combobox', { name: 'Search or create a category' }),
      'App / API / Sync',
    );
    await user.click(await screen.findByRole('option', { name: 'Create project “App” with “API / Sync”' }));

    await waitFor(() => expect(world.running()).not.toBeNull());
    const sync = world.categories.find((category) => category.name === 'Sync');
    const parent = world.categories.find((category) => category.id === sync?.parentCategoryId);
    expect(parent?.name).toBe('API');
    expect(world.running()?.categoryId).toBe(sync?.id);
  });

  it('switches in one request when another category is picked', async () => {
    const { world, design, logo } = workspace();
    world.entry(design, new Date(Date.now() - 60_000).toISOString(), null, { description: 'First' });
    const { user } = renderApp(<TimerBar />);
    const timer = await bar();

    await user.click(timer.getByRole('combobox', { name: /^Category: Site/ }));
    await user.click(await screen.findByRole('option', { name: /Logo/ }));

    await waitFor(() => expect(world.running()?.categoryId).toBe(logo.id));
    expect(world.log).toEqual(['POST /api/time/start']);
    expect(world.entries.find((entry) => entry.description === 'First')?.stoppedAt).not.toBeNull();
  });

  it('corrects the running entry instead when asked to', async () => {
    const { world, design, logo } = workspace();
    const running = world.entry(design, new Date(Date.now() - 60_000).toISOString(), null);
    const { user } = renderApp(<TimerBar />);
    const timer = await bar();

    await user.click(timer.getByRole('combobox', { name: /^Category: Site/ }));
    await user.click(await screen.findByRole('radio', { name: 'Change this entry' }));
    await user.click(await screen.findByRole('option', { name: /Logo/ }));

    await waitFor(() => expect(world.running()).toMatchObject({ id: running.id, categoryId: logo.id }));
    expect(world.log).toEqual([`PATCH /api/time/entries/${running.id}`]);
  });

  it('shows the time since the start, also in the title of the tab', async () => {
    const { world, design } = workspace();
    world.entry(design, new Date(Date.now() - 3_723_000).toISOString(), null, { description: 'Report' });
    renderApp(<TimerBar />);
    const timer = await bar();

    expect(timer.getByRole('button', { description: /Elapsed time/ })).toHaveAccessibleName(/^1:02:0[3-5]$/);
    expect(document.title).toMatch(/^1:02:0[3-5] · Report$/);
  });

  it('measures with the clock of the server when the one of the computer is wrong', async () => {
    const { world, design } = workspace();
    const ahead = 3_600_000;
    world.entry(design, new Date(Date.now() + ahead - 60_000).toISOString(), null);
    server.use(
      api.get('/api/time/active', ({ response }) =>
        response(200).json(world.running(), {
          headers: { Date: new Date(Date.now() + ahead).toUTCString() },
        }),
      ),
    );
    renderApp(<TimerBar />);
    const timer = await bar();

    await waitFor(() =>
      expect(timer.getByRole('button', { description: /Elapsed time/ })).toHaveTextContent(
        /^0:0(0:5|1:0)\d$/,
      ),
    );
  });

  it('goes back to what was when the server refuses', async () => {
    const { world, design } = workspace();
    world.entry(design, new Date(Date.now() - 60_000).toISOString(), null, { description: 'Keeps running' });
    server.use(
      api.post('/api/time/stop', ({ response }) =>
        response(409).json({ code: 'no_active_timer', message: 'No timer is running.', requestId: 'req-7' }),
      ),
    );
    const { user } = renderApp(<TimerBar />);
    const timer = await bar();

    await user.click(timer.getByRole('button', { name: 'Stop the timer' }));

    // Once to be seen and once in the live region for screen readers.
    expect(await screen.findAllByText(/Error ID req-7/)).not.toHaveLength(0);
    expect(timer.getByRole('button', { name: 'Stop the timer' })).toBeVisible();
  });

  it('stays when the server does not answer for a while, also when nothing runs', async () => {
    workspace();
    const { user, client } = renderApp(<TimerBar />);
    const timer = await bar();
    await user.type(timer.getByRole('combobox', { name: 'What are you working on?' }), 'Sketches');
    server.use(api.untyped.get('*/api/time/active', () => Response.error()));
    await act(async () => {
      await client.refetchQueries({ queryKey: ['active'] });
      // The observers are notified a moment later.
      await new Promise((resolve) => setTimeout(resolve));
    });

    expect(client.getQueryState(['active'])?.status).toBe('error');
    expect(screen.getByRole('combobox', { name: 'What are you working on?' })).toHaveValue('Sketches');
  });

  it('keeps what was typed for a timer that could not start', async () => {
    const { design } = workspace();
    server.use(
      api.post('/api/time/start', ({ response }) =>
        response(400).json({ code: 'category_archived', message: 'It is archived.', requestId: 'req-8' }),
      ),
    );
    const { user } = renderApp(<TimerBar />);
    const timer = await bar();
    await user.type(timer.getByRole('combobox', { name: 'What are you working on?' }), 'Sketches');
    await user.click(timer.getByRole('button', { name: 'Start the timer' }));
    await user.click(await screen.findByRole('option', { name: design.name }));

    expect(await screen.findAllByText("The timer didn't start")).not.toHaveLength(0);
    await waitFor(() =>
      expect(timer.getByRole('combobox', { name: 'What are you working on?' })).toHaveValue('Sketches'),
    );
  });

  it('sends a POST again with the same key after the connection was lost', async () => {
    const { world, design } = workspace();
    world.entry(design, new Date(Date.now() - 60_000).toISOString(), null);
    const keys: (string | null)[] = [];
    server.use(
      api.untyped.post('*/api/time/stop', ({ request }) => {
        keys.push(request.headers.get('Idempotency-Key'));
        return keys.length === 1 ? Response.error() : undefined;
      }),
    );
    const { user } = renderApp(<TimerBar />);
    const timer = await bar();

    await user.click(timer.getByRole('button', { name: 'Stop the timer' }));

    await waitFor(() => expect(world.running()).toBeNull(), { timeout: 3_000 });
    expect(keys).toHaveLength(2);
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(keys[1]).toBe(keys[0]);
  });

  it('begins the running entry earlier', async () => {
    const { world, design } = workspace();
    const running = world.entry(design, '2026-01-05T10:00:00Z', null);
    vi.spyOn(Date, 'now').mockReturnValue(Date.parse('2026-01-05T10:30:00Z'));
    const { user } = renderApp(<TimerBar />);
    const timer = await bar();

    await user.click(timer.getByRole('button', { description: /Elapsed time/ }));
    await user.click(await screen.findByRole('button', { name: '15 minutes earlier' }));

    await waitFor(() =>
      expect(world.running()).toMatchObject({ id: running.id, startedAt: '2026-01-05T09:45:00Z' }),
    );
  });

  it('asks about a timer that runs for more than eight hours', async () => {
    const { world, design } = workspace();
    world.entry(design, new Date(Date.now() - 9 * 3_600_000).toISOString(), null);
    const { user } = renderApp(<TimerNotice />);

    expect(await screen.findByText(/has been running for 9 h/)).toBeInTheDocument();
    // What changes each minute is not said anew each minute.
    expect(screen.getByText('Still working?')).toHaveAttribute('role', 'status');
    for (const status of screen.getAllByRole('status')) expect(status).not.toHaveTextContent('9 h');
    await user.click(screen.getByRole('button', { name: 'Still working' }));
    expect(screen.queryByText(/has been running for/)).not.toBeInTheDocument();
    expect(world.running()).not.toBeNull();
  });

  it('stops a timer that was forgotten for days on the day on which it began', async () => {
    const { world, design } = workspace();
    const running = world.entry(design, '2026-01-09T08:00:00Z', null);
    vi.spyOn(Date, 'now').mockReturnValue(Date.parse('2026-01-12T08:00:00Z'));
    const { user } = renderApp(<TimerNotice />);

    expect(await screen.findByText(/, since Fri,? 9 January 09:00/)).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Stop at…' }));
    const field = await screen.findByRole('textbox', { name: 'When did you stop?' });
    await user.clear(field);
    await user.type(field, '17:30{Enter}');

    await waitFor(() => expect(world.running()).toBeNull());
    expect(world.entries.find(({ id }) => id === running.id)?.stoppedAt).toBe('2026-01-09T16:30:00Z');
  });

  it('does not start and stop at a double click', async () => {
    const { world, design } = workspace();
    const { user } = renderApp(<TimerBar />);
    const timer = await bar();
    await user.click(timer.getByRole('combobox', { name: 'Pick a category' }));
    await user.click(await screen.findByRole('option', { name: design.name }));
    await user.dblClick(timer.getByRole('button', { name: 'Start the timer' }));

    await waitFor(() => expect(world.running()).not.toBeNull());
    expect(timer.getByRole('button', { name: 'Stop the timer' })).toBeVisible();
    expect(world.log).toEqual(['POST /api/time/start']);
  });

  it('has keys: n goes to the description, s starts and stops', async () => {
    const { world, design } = workspace();
    world.entry(design, new Date(Date.now() - 60_000).toISOString(), null);
    const { user } = renderApp(<TimerBar />);
    const timer = await bar();

    await user.keyboard('n');
    const description = timer.getByRole('combobox', { name: 'What are you working on?' });
    expect(description).toHaveFocus();
    await user.keyboard('s');
    expect(description).toHaveValue('s');
    await user.keyboard('{Enter}');
    await user.click(document.body);
    await user.keyboard('s');

    await waitFor(() => expect(world.running()).toBeNull());
    expect(world.entries[0]?.description).toBe('s');
  });

  it('has its keys also while a toast is shown', async () => {
    workspace();
    const { user } = renderApp(<TimerBar />);
    const timer = await bar();
    act(() => void toast.success('Entry deleted'));
    expect(await screen.findByText('Entry deleted')).toBeVisible();

    await user.keyboard('n');
    expect(timer.getByRole('combobox', { name: 'What are you working on?' })).toHaveFocus();
  });
});

describe('the description in the timer bar', () => {
  const field = (timer: Awaited<ReturnType<typeof bar>>) =>
    timer.getByRole('combobox', { name: 'What are you working on?' });

  /** What another device did is shown. */
  async function refresh(client: ReturnType<typeof renderApp>['client']) {
    await act(() => client.refetchQueries({ queryKey: ['active'] }));
  }

  it('is as it was after Escape, and nothing is saved', async () => {
    const { world, design } = workspace();
    world.entry(design, new Date(Date.now() - 60_000).toISOString(), null, { description: 'Important' });
    const { user } = renderApp(<TimerBar />);
    const timer = await bar();
    await user.click(field(timer));
    await user.keyboard('{Escape}');
    expect(field(timer)).toHaveValue('Important');

    await user.click(field(timer));
    await user.keyboard(' no more{Escape}');
    expect(field(timer)).toHaveValue('Important');
    expect(field(timer)).not.toHaveFocus();
    await user.tab();
    expect(world.log).toEqual([]);
  });

  it('of a draft survives Escape and a reload', async () => {
    workspace();
    const { user, unmount } = renderApp(<TimerBar />);
    const timer = await bar();
    await user.type(field(timer), 'Write the report');
    await user.keyboard('{Escape}');
    expect(field(timer)).toHaveValue('Write the report');
    unmount();
    renderApp(<TimerBar />);
    expect(field(await bar())).toHaveValue('Write the report');
  });

  it('stays under the fingers when a timer is started elsewhere, and goes into no other entry', async () => {
    const { world, design } = workspace();
    const { user, client } = renderApp(<TimerBar />);
    const timer = await bar();
    await user.type(field(timer), 'Write the quarterly rep');
    const lunch = world.entry(design, new Date().toISOString(), null, { description: 'Lunch' });
    await refresh(client);
    expect(await screen.findByText(/A timer was started elsewhere/)).toHaveTextContent('Lunch');
    expect(field(timer)).toHaveValue('Write the quarterly rep');
    await user.keyboard('ort');
    expect(field(timer)).toHaveValue('Write the quarterly report');

    await user.click(screen.getByRole('button', { name: 'Show it' }));
    expect(field(timer)).toHaveValue('Lunch');
    expect(world.log).toEqual([]);

    world.touch(lunch.id, { stoppedAt: new Date().toISOString() });
    await refresh(client);
    await waitFor(() => expect(field(timer)).toHaveValue('Write the quarterly report'));
  });

  it('switches to the draft that was typed when Enter is pressed all the same', async () => {
    const { world, design } = workspace();
    const { user, client } = renderApp(<TimerBar />);
    const timer = await bar();
    await user.type(field(timer), 'Report');
    world.entry(design, new Date().toISOString(), null, { description: 'Lunch' });
    await refresh(client);
    await user.type(field(timer), '{Enter}');
    expect(await screen.findByText('Pick a category to start the timer.')).toBeVisible();
    await user.click(await screen.findByRole('option', { name: 'Design' }));
    await waitFor(() => expect(world.running()?.description).toBe('Report'));
    expect(world.entries.map(({ description }) => description)).toEqual(['Lunch', 'Report']);
  });

  it('that was begun for one entry is saved there, though another one runs by now', async () => {
    const { world, design } = workspace();
    const first = world.entry(design, new Date(Date.now() - 60_000).toISOString(), null, {
      description: 'A',
    });
    const { user, client } = renderApp(<TimerBar />);
    const timer = await bar();
    await user.type(field(timer), 'bc');
    world.touch(first.id, { stoppedAt: new Date().toISOString() });
    world.entry(design, new Date().toISOString(), null, { description: 'Lunch' });
    await refresh(client);
    expect(field(timer)).toHaveValue('Abc');
    await user.type(field(timer), 'd{Enter}');

    await waitFor(() =>
      expect(world.entries.map(({ description }) => description)).toEqual(['Abcd', 'Lunch']),
    );
    expect(field(timer)).toHaveValue('Lunch');
  });

  it('leaves the next key to the shortcuts after Enter has started', async () => {
    const { world, design } = workspace();
    const { user } = renderApp(<TimerBar />);
    const timer = await bar();
    await user.click(timer.getByRole('combobox', { name: 'Pick a category' }));
    await user.click(await screen.findByRole('option', { name: design.name }));
    await user.type(field(timer), 'Stand-up{Enter}');
    await waitFor(() => expect(world.running()?.description).toBe('Stand-up'));
    expect(timer.getByRole('button', { name: 'Stop the timer' })).toHaveFocus();
    await user.keyboard('s');

    await waitFor(() => expect(world.running()).toBeNull());
    expect(world.entries[0]?.description).toBe('Stand-up');
  });
});
