import { act, screen } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { renderApp } from '@/testing/render';
import { World } from '@/testing/world';
import { TimerNotice } from './timer-notice';

it('leaves what is typed as the end of a forgotten timer alone while time goes on', async () => {
  const world = new World();
  const design = world.category(world.project('Site'), 'Design');
  world.entry(design, '2026-01-09T08:00:00Z', null);
  world.serve();
  const now = vi.spyOn(Date, 'now').mockReturnValue(Date.parse('2026-01-12T08:00:00Z'));
  const { user } = renderApp(<TimerNotice />);
  const goOn = (time: string) => {
    now.mockReturnValue(Date.parse(time));
    act(() => void document.dispatchEvent(new Event('visibilitychange')));
  };
  await user.click(await screen.findByRole('button', { name: 'Stop at…' }));
  const field = await screen.findByRole<HTMLInputElement>('textbox', { name: 'When did you stop?' });
  await user.clear(field);
  await user.keyboard('17');
  goOn('2026-01-12T08:00:01Z');
  await user.keyboard(':30');
  expect(field).toHaveValue('17:30');

  await user.keyboard('{Escape}');
  expect(field).toHaveValue('09:00');
  field.setSelectionRange(2, 2);
  goOn('2026-01-12T08:01:00Z');
  expect(field).toHaveValue('09:00');
  expect(field.selectionStart).toBe(2);
});
