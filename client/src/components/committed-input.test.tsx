import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { CommittedInput } from './committed-input';

function Field({ value }: { value: string }) {
  return (
    <CommittedInput
      aria-label="Start"
      value={value}
      canRead={() => true}
      example="Type a time."
      onCommit={() => undefined}
    />
  );
}

it('goes on with what is typed when another value comes, and offers a new value to be typed over', async () => {
  const user = userEvent.setup();
  const { rerender } = render(<Field value="09:00" />);
  const field = screen.getByRole<HTMLInputElement>('textbox', { name: 'Start' });
  await user.click(field);
  await user.keyboard('17');
  rerender(<Field value="09:01" />);
  await user.keyboard(':30');
  expect(field).toHaveValue('17:30');

  await user.keyboard('{Escape}');
  rerender(<Field value="09:02" />);
  expect(field).toHaveValue('09:02');
  expect([field.selectionStart, field.selectionEnd]).toEqual([0, 5]);
});
