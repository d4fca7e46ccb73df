import { screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { preferences } from '@/lib/preferences';
import { renderApp } from '@/testing/render';
import { World } from '@/testing/world';
import { Appearance } from './appearance';

it('takes the hours of a day when the field is left, and keeps the last ones instead of what are none', async () => {
  new World().serve();
  const { user } = renderApp(<Appearance />);
  const field = await screen.findByRole('textbox', { name: 'Hours a day' });
  expect(field).toHaveValue('8');
  const type = async (text: string) => {
    await user.clear(field);
    await user.type(field, text);
    expect(field).toHaveValue(text);
  };
  await type('0.5');
  expect(preferences().dailyHours).toBe(8);
  await user.tab();
  expect(preferences().dailyHours).toBe(0.5);
  await type('7,5');
  await user.tab();
  expect(preferences().dailyHours).toBe(7.5);
  expect(field).toHaveValue('7.5');

  for (const none of ['0', '25', 'eight', '7.5.1']) {
    await type(none);
    await user.tab();
    expect(field).toBeInvalid();
    expect(field).toHaveAccessibleDescription(/Type at most 24 hours, such as 7\.5/);
    expect(preferences().dailyHours).toBe(7.5);
    await user.click(field);
    await user.keyboard('{Escape}');
  }
  await user.clear(field);
  await user.tab();
  expect(preferences().dailyHours).toBeNull();
});
