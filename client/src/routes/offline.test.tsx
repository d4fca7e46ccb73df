import { onlineManager } from '@tanstack/react-query';
import { act, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OfflineBanner } from '@/entities/entry/offline-banner';
import { TimerBar } from '@/features/timer/components/timer-bar';
import { useKeepUnsent } from '@/entities/entry/use-unsent';
import { api, server } from '@/testing/server';
import { renderApp } from '@/testing/render';
import { World } from '@/testing/world';

// Before the first look at it: jsdom has no locks.
vi.hoisted(() => {
  const held = new Set<string>();
  type Work = (lock: { name: string } | null) => unknown;
  Object.defineProperty(navigator, 'locks', {
    value: {
      request: async (name: string, options: { ifAvailable?: boolean }, work: Work) => {
        if (held.has(name)) return options.ifAvailable ? work(null) : undefined;
        held.add(name);
        try {
          return await work({ name });
        } finally {
          held.delete(name);
        }
      },
    },
  });
});

function Page() {
  useKeepUnsent();
  return (
    <>
      <OfflineBanner />
      <TimerBar />
    </>
  );
}

function workspace() {
  const world = new World();
  const site = world.project('Site');
  const design = world.category(site, 'Design');
  const running = world.entry(design, '2026-01-05T09:00:00Z', null, { description: 'Sketches' });
  return { world: world.serve(), running };
}

/** The clock of the computer and of the server. */
let clock = '';
const at = (time: string) => {
  clock = time;
};

async function bar() {
  return within(await screen.findByRole('region', { name: 'Timer' }));
}

describe('without a connection', () => {
  beforeEach(() => {
    at('2026-01-05T10:00:00Z');
    vi.spyOn(Date, 'now').mockImplementation(() => Date.parse(clock));
  });
  afterEach(() => onlineManager.setOnline(true));

  it('a timer stops when it was stopped, not when that arrives', async () => {
    const { world, running } = workspace();
    const { user } = renderApp(<Page />);
    const timer = await bar();
    act(() => onlineManager.setOnline(false));
    await user.click(timer.getByRole('button', { name: 'Stop the timer' }));
    expect(await screen.findByText(/1 change will be sent when you're back online/)).toBeVisible();
    expect(world.log).toEqual([]);

    at('2026-01-05T12:00:00Z');
    act(() => onlineManager.setOnline(true));
    await waitFor(() =>
      expect(world.entries).toContainEqual(
        expect.objectContaining({ id: running.id, stoppedAt: '2026-01-05T10:00:00Z' }),
      ),
    );
  });

  it('what waits when the page is closed is sent by the next one, once and in its order', async () => {
    const { world, running } = workspace();
    const first = renderApp(<Page />);
    let timer = await bar();
    await waitFor(() => expect(first.client.getQueryData(['me'])).toBeDefined());
    act(() => onlineManager.setOnline(false));
    await first.user.click(timer.getByRole('button', { name: 'Stop the timer' }));
    at('2026-01-05T10:30:00Z');
    await first.user.click(timer.getByRole('combobox', { name: 'Pick a category' }));
    await first.user.click((await screen.findAllByRole('option', { name: /Design/ }))[0] ?? document.body);
    await first.user.click(timer.getByRole('button', { name: 'Start the timer' }));
    at('2026-01-05T11:00:00Z');
    await first.user.click(await timer.findByRole('button', { name: 'Stop the timer' }));
    expect(await screen.findByText(/3 changes will be sent/)).toBeVisible();
    first.unmount();

    at('2026-01-05T15:00:00Z');
    onlineManager.setOnline(true);
    const second = renderApp(<Page />);
    expect(await screen.findAllByText('3 offline changes were sent')).not.toHaveLength(0);
    expect(world.entries).toEqual([
      expect.objectContaining({ id: running.id, stoppedAt: '2026-01-05T10:00:00Z' }),
      expect.objectContaining({ startedAt: '2026-01-05T10:30:00Z', stoppedAt: '2026-01-05T11:00:00Z' }),
    ]);
    timer = await bar();
    expect(timer.getByRole('button', { name: 'Start the timer' })).toBeVisible();
    second.unmount();
    const sent = world.log.length;
    renderApp(<Page />);
    await bar();
    expect(world.log).toHaveLength(sent);
    expect(Object.keys(localStorage).filter((key) => key.startsWith('clockwork.unsent'))).toEqual([]);
  });

  it('an open page keeps its own changes, and no page sends those of another user', async () => {
    const { world } = workspace();
    const first = renderApp(<Page />);
    const timer = await bar();
    await waitFor(() => expect(first.client.getQueryData(['me'])).toBeDefined());
    act(() => onlineManager.setOnline(false));
    await first.user.click(timer.getByRole('button', { name: 'Stop the timer' }));
    const kept = () => Object.keys(localStorage).filter((key) => key.startsWith('clockwork.unsent'));
    await waitFor(() => expect(kept()).toHaveLength(1));
    first.unmount();

    world.me = { ...world.me, user: { ...world.me.user, id: '01900000-0000-7000-8000-0000000000ff' } };
    onlineManager.setOnline(true);
    renderApp(<Page />);
    await bar();
    await waitFor(() => expect(screen.getAllByRole('region', { name: 'Timer' })).toHaveLength(1));
    expect(kept()).toHaveLength(1);
    expect(world.log).toEqual([]);
  });

  it('asks before a page is closed whose change is still on its way', async () => {
    workspace();
    let answer: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    server.use(
      api.untyped.post('*/api/time/stop', async () => {
        await answered;
      }),
    );
    const closing = () => !window.dispatchEvent(new Event('beforeunload', { cancelable: true }));
    const { user } = renderApp(<Page />);
    const timer = await bar();
    expect(closing()).toBe(false);
    await user.click(timer.getByRole('button', { name: 'Stop the timer' }));
    expect(closing()).toBe(true);
    answer();
    await waitFor(() => expect(closing()).toBe(false));
  });

  it('what the server refuses later is said', async () => {
    workspace();
    const first = renderApp(<Page />);
    const timer = await bar();
    await waitFor(() => expect(first.client.getQueryData(['me'])).toBeDefined());
    act(() => onlineManager.setOnline(false));
    await first.user.click(timer.getByRole('button', { name: 'Stop the timer' }));
    await screen.findByText(/1 change will be sent/);
    first.unmount();
    server.use(
      api.patch('/api/time/entries/{entryId}', ({ response }) =>
        response(404).json({ code: 'not_found', message: 'There is no such entry.', requestId: 'req-8' }),
      ),
    );
    at('2026-01-05T15:00:00Z');
    onlineManager.setOnline(true);
    renderApp(<Page />);
    expect(await screen.findAllByText("An offline change couldn't be saved")).not.toHaveLength(0);
    expect(screen.queryByText('Your offline change was sent')).not.toBeInTheDocument();
  });
});
