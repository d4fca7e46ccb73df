/** A page whose present is fixed, so that what it shows is the same on every day. */
import type { BrowserContext } from '@playwright/test';

/** A Friday afternoon in Berlin. */
export const NOW = new Date('2026-03-06T14:30:00Z');

/** Sets the clock of the browser, and the one that the answers of the server tell. */
export async function fixClock(context: BrowserContext): Promise<void> {
  await context.clock.setFixedTime(NOW);
  await context.route(/\/api\/(?!events)/, async (route) => {
    const response = await route.fetch();
    const headers = { ...response.headers(), date: NOW.toUTCString() };
    await route.fulfill({ response, headers });
  });
}
