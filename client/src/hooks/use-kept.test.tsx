import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { beginSession, currentSession, endSession } from '@/api/session';
import { KEPT, recallInTab } from '@/lib/storage';
import { useForm } from './use-form';
import { useKeptState } from './use-kept';

const ADA = '01900000-0000-7000-8000-00000000000a';
const BEA = '01900000-0000-7000-8000-00000000000b';

interface Item {
  name: string;
  note: string;
}

function Form({ item, secret = false }: { item: Item | null; secret?: boolean }) {
  const form = useForm<Item, Item>({
    keep: secret ? null : 'item',
    item,
    toValues: (seen) => ({ name: seen?.name ?? '', note: seen?.note ?? '' }),
    send: () => Promise.resolve(),
    onDone: () => undefined,
  });
  return (
    <>
      {(['name', 'note'] as const).map((field) => (
        <input
          key={field}
          aria-label={field}
          value={form.values[field]}
          onChange={(event) => form.set({ [field]: event.currentTarget.value })}
        />
      ))}
      <output>{form.isDirty ? 'typed' : 'as it was'}</output>
    </>
  );
}

function Page({ item, secret }: { item: Item | null; secret?: boolean }) {
  const [open, setOpen] = useKeptState('open', false);
  const [count, setCount] = useState(0);
  return (
    <>
      <button onClick={() => setOpen(!open)}>open</button>
      <button onClick={() => setCount(count + 1)}>{count}</button>
      {open && <Form item={item} {...(secret ? { secret } : {})} />}
    </>
  );
}

const seen: Item = { name: 'Website', note: 'old' };
const field = (name: string) => screen.getByRole<HTMLInputElement>('textbox', { name });

/** Opens the form, types, and ends the session. */
async function type(reason: 'ended' | 'signed-out' | 'replaced', page = <Page item={seen} />) {
  const user = userEvent.setup();
  const shown = render(page);
  await user.click(screen.getByText('open'));
  await user.type(field('note'), ' and new');
  act(() => endSession(currentSession(), reason));
  shown.unmount();
}

describe('what was typed when the session ended', () => {
  beforeEach(() => beginSession(ADA));
  afterEach(() => {
    endSession(currentSession(), 'signed-out');
    localStorage.clear();
    sessionStorage.clear();
    window.history.replaceState(null, '', '/');
  });

  it('is there again for its user, in the dialog where it was typed, once', async () => {
    await type('ended');
    beginSession(ADA);
    const again = render(<Page item={seen} />);
    expect(field('note')).toHaveValue('old and new');
    expect(field('name')).toHaveValue('Website');
    expect(screen.getByRole('status')).toHaveTextContent('typed');
    expect(recallInTab(KEPT)).toBeNull();
    again.unmount();
    render(<Page item={seen} />);
    expect(screen.queryByRole('textbox')).toBeNull();
  });

  it('meets what was changed meanwhile: other fields are new, and its own is as it was typed', async () => {
    await type('ended');
    beginSession(ADA);
    const again = render(<Page item={{ name: 'Shop', note: 'old' }} />);
    expect([field('name').value, field('note').value]).toEqual(['Shop', 'old and new']);
    again.unmount();
  });

  it('waits on other pages', async () => {
    await type('ended');
    window.history.replaceState(null, '', '/projects');
    beginSession(ADA);
    const elsewhere = render(<Form item={null} />);
    expect(field('note')).toHaveValue('');
    elsewhere.unmount();
    window.history.replaceState(null, '', '/');
    render(<Page item={seen} />);
    expect(field('note')).toHaveValue('old and new');
  });

  it('is there while the address is still that of the sign-in, which leads to its page', async () => {
    window.history.replaceState(null, '', '/projects?archived=true');
    await type('ended');
    window.history.replaceState(null, '', '/sign-in?to=%2Fprojects%3Farchived%3Dtrue');
    beginSession(ADA);
    render(<Page item={seen} />);
    expect(field('note')).toHaveValue('old and new');
  });

  it('is shown to no other user, and is gone when one has signed in', async () => {
    await type('ended');
    expect(recallInTab(KEPT)).toContain('old and new');
    beginSession(BEA);
    expect(recallInTab(KEPT)).toBeNull();
    render(<Page item={seen} />);
    expect(screen.queryByRole('textbox')).toBeNull();
    await userEvent.click(screen.getByText('open'));
    expect(field('note')).toHaveValue('old');
  });

  it.each(['signed-out', 'replaced'] as const)('is not kept when the session was %s', async (reason) => {
    await type(reason);
    expect(recallInTab(KEPT)).toBeNull();
  });

  it('is written nowhere if it is a secret', async () => {
    await type('ended', <Page item={seen} secret />);
    expect(recallInTab(KEPT)).not.toContain('and new');
  });

  it('is kept in this tab also when another one has noticed the end first', async () => {
    const user = userEvent.setup();
    const shown = render(<Page item={seen} />);
    await user.click(screen.getByText('open'));
    await user.type(field('note'), ' and new');
    localStorage.setItem(
      'clockwork.session.1 ',
      JSON.stringify({ state: 'out', user: ADA, workspace: null }),
    );
    act(() => void window.dispatchEvent(new StorageEvent('storage', { key: 'clockwork.session.1 ' })));
    shown.unmount();
    expect(recallInTab(KEPT)).toContain('old and new');
  });
});
