import { onlineManager } from '@tanstack/react-query';
import { act, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it } from 'vitest';
import { ApiError, ConflictError } from '@/api/errors';
import { Toaster } from '@/components/ui/toast';
import { useForm } from './use-form';

interface Item {
  name: string;
  note: string;
}

interface Sending {
  values: Item;
  seen: Item | null;
  replace: (changes: Partial<Item>) => void;
}

/** What was sent, each with its answer. */
let sent: (Sending & { done: () => void; refuse: (reason: Error) => void })[] = [];
let reopened: Partial<Item>[] = [];

interface FormProps {
  item: Item | null;
  onDone?: (set: (changes: Partial<Item>) => void) => void;
}

function Form({ item, onDone }: FormProps) {
  const form = useForm<Item, Item>({
    keep: null,
    item,
    toValues: (seen) => ({ name: seen?.name ?? '', note: seen?.note ?? '' }),
    send: (sending) =>
      new Promise<void>((resolve, reject) => {
        sent.push({ ...sending, done: resolve, refuse: reject });
      }),
    onDone: () => onDone?.(form.set),
    queued: { refused: 'Not saved', again: (typed) => reopened.push(typed) },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        form.submit();
      }}
    >
      {(['name', 'note'] as const).map((field) => (
        <input
          key={field}
          aria-label={field}
          value={form.values[field]}
          onChange={(event) => form.set({ [field]: event.currentTarget.value })}
        />
      ))}
      <button type="submit">Save</button>
      <output>{form.busy ? 'busy' : form.isDirty ? 'typed' : 'saved'}</output>
    </form>
  );
}

const field = (name: string) => screen.getByRole<HTMLInputElement>('textbox', { name });
const state = () => screen.getByRole('status').textContent;
const answer = () => act(async () => Promise.resolve(sent.at(-1)?.done()));
const first: Item = { name: 'Shop', note: 'old' };

afterEach(() => {
  sent = [];
  reopened = [];
  onlineManager.setOnline(true);
});

describe('a form that stays after it was saved', () => {
  it('goes on from the saved version, also when that came before the answer', async () => {
    const user = userEvent.setup();
    const { rerender } = render(<Form item={first} />);
    await user.type(field('name'), ' 2{Enter}');
    const second = { name: 'Shop 2', note: 'old' };
    rerender(<Form item={second} />);
    await answer();
    expect(state()).toBe('saved');
    await user.type(field('name'), '3{Enter}');
    expect(sent[1]).toMatchObject({ values: { name: 'Shop 23' }, seen: second });
    expect(sent[1]?.seen).toBe(second);
  });

  it('follows the version of the server when that comes after the answer', async () => {
    const user = userEvent.setup();
    const { rerender } = render(<Form item={first} />);
    await user.type(field('name'), ' {Enter}');
    await answer();
    expect(state()).toBe('saved');
    // The server has it without the blank.
    rerender(<Form item={{ name: 'Shop', note: 'by someone else' }} />);
    expect([field('name').value, field('note').value]).toEqual(['Shop', 'by someone else']);
    expect(state()).toBe('saved');
  });

  it('keeps what is typed while it is on its way', async () => {
    const user = userEvent.setup();
    const { rerender } = render(<Form item={first} />);
    await user.type(field('name'), ' 2{Enter}');
    await user.type(field('note'), ' and new');
    rerender(<Form item={{ name: 'Shop 2', note: 'old' }} />);
    await answer();
    expect([field('name').value, field('note').value]).toEqual(['Shop 2', 'old and new']);
    expect(state()).toBe('typed');
  });

  it('keeps what is typed meanwhile also when the same field was changed elsewhere', async () => {
    const user = userEvent.setup();
    render(<Form item={first} />);
    await user.type(field('name'), ' 2{Enter}');
    await user.type(field('note'), ' and new');
    const theirs = { name: 'Bakery', note: 'old' };
    await act(async () => Promise.resolve(sent[0]?.refuse(new ConflictError(theirs, ['name']))));
    expect([field('name').value, field('note').value]).toEqual(['Shop 2', 'old and new']);
    await user.type(field('name'), '{Enter}');
    expect(sent[1]?.seen).toBe(theirs);
  });

  it('has a part that was made meanwhile for saved, and for typed when the rest is refused', async () => {
    const user = userEvent.setup();
    render(<Form item={first} />);
    await user.type(field('name'), ' 2{Enter}');
    act(() => sent[0]?.replace({ note: 'made' }));
    await act(async () => Promise.resolve(sent[0]?.refuse(new ApiError(400, 'of_tests', 'No.', null))));
    expect([field('name').value, field('note').value, state()]).toEqual(['Shop 2', 'made', 'typed']);
    await user.type(field('name'), '{Enter}');
    expect(sent[1]?.values).toEqual({ name: 'Shop 2', note: 'made' });
    await answer();
    expect(state()).toBe('saved');

    await user.type(field('name'), '3{Enter}');
    act(() => sent[2]?.replace({ note: 'made again' }));
    await answer();
    expect([field('note').value, state()]).toEqual(['made again', 'saved']);
  });

  it('has nothing typed when it is emptied for the next one', async () => {
    const user = userEvent.setup();
    render(<Form item={null} onDone={(set) => set({ name: '' })} />);
    await user.type(field('name'), 'Shop{Enter}');
    await answer();
    expect([field('name').value, state()]).toEqual(['', 'saved']);
  });
});

it('that went without a connection offers the way back to what was refused later', async () => {
  const user = userEvent.setup();
  render(
    <>
      <Form item={null} />
      <Toaster />
    </>,
  );
  onlineManager.setOnline(false);
  await user.type(field('name'), 'Shop{Enter}');
  sent[0]?.refuse(new ApiError(409, 'of_tests', 'The name is taken.', null));
  const again = await screen.findByRole('button', { name: 'Edit again', hidden: true });
  await user.click(again);
  await waitFor(() => expect(reopened).toEqual([{ name: 'Shop', note: '' }]));
});
