import '@testing-library/jest-dom/vitest';
import { cleanup, configure } from '@testing-library/react';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { resetServerClock } from '@/api/server-clock';
import { loadDeferred } from '@/lib/deferred';
import { reloadPreferences } from '@/lib/preferences';
import { bringTemporal } from '@/lib/time/temporal';
import { server } from './server';

// What jsdom lacks and the components ask for.
class NoResizeObserver implements ResizeObserver {
  observe(): void {
    // Nothing is laid out here.
  }
  unobserve(): void {
    // Nothing is laid out here.
  }
  disconnect(): void {
    // Nothing is laid out here.
  }
}
globalThis.ResizeObserver ??= NoResizeObserver;
globalThis.PointerEvent ??= MouseEvent as unknown as typeof PointerEvent;
Object.assign(Element.prototype, { scrollIntoView: () => undefined, getAnimations: () => [] });
// Dates and times are shown as this language has them.
Object.defineProperty(navigator, 'languages', { value: ['en-GB'], configurable: true });
Object.assign(window, {
  scrollTo: () => undefined,
  matchMedia: (media: string) => ({
    matches: false,
    media,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }),
});

// Testing Library gives up after a second; a busy machine may take longer, which is no failure.
configure({ asyncUtilTimeout: 20_000 });

await bringTemporal();

beforeAll(async () => {
  server.listen({ onUnhandledRequest: 'error' });
  // As after the page has been open for a moment.
  await loadDeferred();
});
beforeEach(() => {
  localStorage.clear();
  reloadPreferences();
  sessionStorage.clear();
  resetServerClock();
});
afterEach(() => {
  cleanup();
  server.resetHandlers();
});
afterAll(() => server.close());
