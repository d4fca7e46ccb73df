import { onlineManager } from '@tanstack/react-query';
import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { renderApp } from '@/testing/render';
import { api, server } from '@/testing/server';
import { Page, row, workspace } from '../testing';

describe('nothing is lost or falsified in the list of entries', () => {
  it('does not delete what another tab changed', async () => {
    const { world, morning } = workspace();
    const { user } = renderApp(<Page />);
    await user.click((await row('Planning')).getByRole('button', { name: 'More for Planning' }));
    const changed = world.touch(morning.id, { description: 'From the phone' });
    await user.click(await screen.findByRole('menuitem', { name: 'Delete' }));

    expect(await screen.findAllByText('Not deleted: this entry was changed elsewhere')).not.toHaveLength(0);
    // With the advice what to do.
    expect(screen.getAllByText(/Delete it again if you still want to\./)).not.toHaveLength(0);
    expect(await screen.findByRole('listitem', { name: 'From the phone' })).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Undo' })).not.toBeInTheDocument();
    expect(world.entries).toContain(changed);
  });

  it('does not overwrite what another tab changed', async () => {
    const { world, morning } = workspace();
    const { user } = renderApp(<Page />);
    const field = (await row('Planning')).getByRole('textbox', { name: 'Description' });
    world.touch(morning.id, { description: 'From the phone' });

    await user.clear(field);
    await user.type(field, 'Mine{Enter}');

    expect(await screen.findAllByText('Not saved: the description was changed elsewhere')).not.toHaveLength(
      0,
    );
    expect(screen.getAllByText('It is now “From the phone”. You typed “Mine”.')).not.toHaveLength(0);
    expect(await screen.findByRole('listitem', { name: 'From the phone' })).toBeVisible();
    const saved = () => world.entries.find((entry) => entry.id === morning.id)?.description;
    expect(saved()).toBe('From the phone');

    await user.click(screen.getByRole('button', { name: 'Save mine', hidden: true }));
    await waitFor(() => expect(saved()).toBe('Mine'));
  });

  it('adds a change to what another tab changed in another field', async () => {
    const { world, morning } = workspace();
    const { user } = renderApp(<Page />);
    const field = (await row('Planning')).getByRole('textbox', { name: 'Description' });
    world.touch(morning.id, { billable: true, stoppedAt: '2026-01-06T09:15:00Z' });
    await user.clear(field);
    await user.type(field, 'Mine{Enter}');

    await waitFor(() =>
      expect(world.entries.find((entry) => entry.id === morning.id)).toMatchObject({
        description: 'Mine',
        billable: true,
        stoppedAt: '2026-01-06T09:15:00Z',
      }),
    );
    expect(screen.queryByText(/changed elsewhere/)).not.toBeInTheDocument();
  });

  async function openEditor(user: ReturnType<typeof renderApp>['user'], name: string) {
    await user.click((await row(name)).getByRole('button', { name: `More for ${name}` }));
    await user.click(await screen.findByRole('menuitem', { name: 'Edit…' }));
    return within(await screen.findByRole('dialog', { name: 'Edit entry' }));
  }

  it('saves what was typed in the editor though the entry was changed elsewhere meanwhile', async () => {
    const { world, morning } = workspace();
    const { user } = renderApp(<Page />);
    const dialog = await openEditor(user, 'Planning');
    await user.type(dialog.getByRole('textbox', { name: 'Description' }), ' of two sentences');
    world.touch(morning.id, { billable: true });
    await user.click(dialog.getByRole('button', { name: 'Save' }));

    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
    expect(world.entries.find((entry) => entry.id === morning.id)).toMatchObject({
      description: 'Planning of two sentences',
      billable: true,
    });
  });

  it('asks in the editor when the same field was changed elsewhere, and loses nothing of what was typed', async () => {
    const { world, morning } = workspace();
    const { user } = renderApp(<Page />);
    const dialog = await openEditor(user, 'Planning');
    const field = dialog.getByRole('textbox', { name: 'Description' });
    await user.type(field, ' of two sentences');
    const saved = () => world.entries.find((entry) => entry.id === morning.id)?.description;
    world.touch(morning.id, { description: 'From the phone', billable: true });
    await user.click(dialog.getByRole('button', { name: 'Save' }));

    expect(await dialog.findByRole('alert')).toHaveTextContent('Description is now:From the phone');
    expect(field).toHaveValue('Planning of two sentences');
    expect(dialog.getByRole('switch', { name: 'Billable' })).toBeChecked();
    expect(saved()).toBe('From the phone');
    await user.click(dialog.getByRole('button', { name: 'Use the newer version' }));
    expect(field).toHaveValue('From the phone');
    await user.type(field, ', and mine');
    await user.click(dialog.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(saved()).toBe('From the phone, and mine'));
  });

  it('asks before a form closes whose values are not saved', async () => {
    workspace();
    const { user } = renderApp(<Page />);
    const dialog = await openEditor(user, 'Planning');
    const field = dialog.getByRole('textbox', { name: 'Description' });
    const leaving = () => !window.dispatchEvent(new Event('beforeunload', { cancelable: true }));
    expect(leaving()).toBe(false);
    await user.type(field, ' of two sentences');
    expect(leaving()).toBe(true);
    await user.keyboard('{Escape}');
    await user.click(await screen.findByRole('button', { name: 'Keep editing' }));
    expect(field).toHaveValue('Planning of two sentences');

    await user.click(dialog.getByRole('button', { name: 'Close' }));
    await user.click(await screen.findByRole('button', { name: 'Discard' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
    expect(leaving()).toBe(false);
    // Nothing was typed here.
    await openEditor(user, 'Planning');
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
  });

  it('brings the dialog for several entries back as it was, when what waited for a connection is refused', async () => {
    const { world } = workspace();
    const { user } = renderApp(<Page />);
    await user.click((await row('Planning')).getByRole('checkbox'));
    await user.click((await row('Release')).getByRole('checkbox'));
    const toolbar = within(screen.getByRole('toolbar', { name: 'Selected entries' }));
    await user.click(toolbar.getByRole('button', { name: 'Edit' }));
    const name = 'Edit 2 entries';
    const dialog = within(await screen.findByRole('dialog', { name }));
    await user.type(dialog.getByRole('textbox', { name: 'Description' }), 'Retrospective');
    await user.click(dialog.getByRole('radio', { name: 'Billable' }));
    act(() => onlineManager.setOnline(false));
    await user.click(dialog.getByRole('button', { name: 'Change 2 entries' }));
    await waitFor(() => expect(screen.queryByRole('dialog', { name })).not.toBeInTheDocument());

    let broken = true;
    server.use(
      api.untyped.post('*/api/time/entries/bulk-edit', () =>
        broken
          ? Response.json({ code: 'category_archived', message: 'No.', requestId: 'r' }, { status: 409 })
          : undefined,
      ),
    );
    act(() => onlineManager.setOnline(true));
    await user.click(await screen.findByRole('button', { name: 'Edit again', hidden: true }));
    const again = within(await screen.findByRole('dialog', { name }));
    expect(again.getByRole('textbox', { name: 'Description' })).toHaveValue('Retrospective');
    expect(again.getByRole('radio', { name: 'Billable' })).toBeChecked();

    // Refused with a connection, it has never gone.
    await user.click(again.getByRole('button', { name: 'Change 2 entries' }));
    expect(await again.findByRole('alert')).toBeVisible();
    expect(again.getByRole('textbox', { name: 'Description' })).toHaveValue('Retrospective');
    broken = false;
    await user.click(again.getByRole('button', { name: 'Change 2 entries' }));
    await waitFor(() => expect(screen.queryByRole('dialog', { name })).not.toBeInTheDocument());
    expect(world.log.filter((asked) => asked.endsWith('bulk-edit'))).toHaveLength(3);
  });

  it('keeps typed seconds, and says to which day a start after midnight has moved', async () => {
    const { world, night } = workspace();
    const { user } = renderApp(<Page />);
    await user.click((await row('Release')).getByRole('button', { name: 'More for Release' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Edit…' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Edit entry' }));
    const end = dialog.getByRole('textbox', { name: /^End/ });
    await user.clear(end);
    await user.type(end, '2:15:30');
    const start = dialog.getByRole('textbox', { name: 'Start' });
    await user.clear(start);
    await user.type(start, '0:30');
    await user.tab();
    expect(dialog.getByText(/^Now on Wed,? 7 January/)).toBeVisible();
    await user.click(dialog.getByRole('button', { name: 'Save' }));

    await waitFor(() =>
      expect(world.entries.find((entry) => entry.id === night.id)).toMatchObject({
        startedAt: '2026-01-06T23:30:00Z',
        stoppedAt: '2026-01-07T01:15:30Z',
      }),
    );
  });

  it('says of a week that is loading or could not be loaded that it is not known, never that it is empty', async () => {
    workspace();
    let fail: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (fail = resolve));
    const broken = async () => {
      await held;
      return Response.json({ code: 'internal_error', message: 'Broken.', requestId: 'r' }, { status: 500 });
    };
    server.use(api.untyped.get('*/api/time/entries', broken), api.untyped.get('*/api/time/totals', broken));
    renderApp(<Page />);
    expect(await screen.findByRole('status', { name: 'Loading the week' })).toBeVisible();
    expect(screen.getAllByRole('button', { name: /: loading$/ })).toHaveLength(7);
    fail();

    expect(await screen.findAllByRole('button', { name: /: unknown$/ })).toHaveLength(7);
    const week = within(screen.getByRole('region', { name: 'Week' }));
    expect(week.getByRole('img', { name: 'Total unknown' })).toBeVisible();
    expect(screen.queryByText(/0:00:00|nothing/i)).not.toBeInTheDocument();
    expect(screen.getAllByRole('button', { name: 'Try again' })).toHaveLength(1);
  });

  it('counts in a week what began days before it and ended in it', async () => {
    const { world, design } = workspace();
    // In Berlin: Friday 17:00 to Monday 09:00, a timer that was forgotten over the weekend.
    world.entry(design, '2026-10-02T15:00:00Z', '2026-10-05T07:00:00Z', { description: 'Forgotten' });
    world.entry(design, '2026-09-30T08:00:00Z', '2026-09-30T09:00:00Z', { description: 'Before' });
    renderApp(<Page initial={{ from: '2026-10-05', to: '2026-10-11', week: '2026-10-05' }} />);

    expect(await screen.findByRole('button', { name: /^Mon,? 5 October: 9 h$/ })).toBeVisible();
    expect(screen.getByRole('region', { name: 'Week' })).toHaveTextContent('9:00');
    const monday = await screen.findByRole('region', { name: /5 October/ });
    expect(monday).toHaveTextContent(/Forgotten, continued from Fri,? 2 October 17:00/);
    expect(monday).toHaveTextContent(/9:00/);
    expect(screen.queryByText(/Before/)).not.toBeInTheDocument();
  });
});
