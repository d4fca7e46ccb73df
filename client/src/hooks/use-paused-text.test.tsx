import { act, renderHook } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { usePausedText } from './use-paused-text';

afterEach(() => vi.useRealTimers());

it('has a text once typing has paused, and not each letter of it', () => {
  vi.useFakeTimers();
  const seen = new Set<string>();
  const { rerender } = renderHook(({ text }) => void seen.add(usePausedText(text)), {
    initialProps: { text: '' },
  });
  for (const text of ['r', 're', 'rep']) {
    rerender({ text });
    act(() => void vi.advanceTimersByTime(100));
  }
  act(() => void vi.advanceTimersByTime(300));
  expect([...seen]).toEqual(['', 'rep']);
});
