import { useEffect, useState } from 'react';
import { ApiError } from '@/api/errors';

/** How many seconds the server asks to wait before another attempt; counts down to zero. */
export function useWait(error: unknown): number {
  const seconds = error instanceof ApiError && error.status === 429 ? (error.retryAfter ?? 0) : 0;
  const [clock, setClock] = useState<{ of: unknown; left: number }>({ of: null, left: 0 });
  useEffect(() => {
    if (seconds === 0) return;
    const began = Date.now();
    const timer = setInterval(() => {
      const left = Math.max(0, Math.ceil(seconds - (Date.now() - began) / 1_000));
      setClock({ of: error, left });
      if (left === 0) clearInterval(timer);
    }, 1_000);
    return () => clearInterval(timer);
  }, [error, seconds]);
  return clock.of === error ? clock.left : seconds;
}

/** `0:42`, `12:05`. */
export function formatWait(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
