/** What the first page costs, and how much of it is seen. */
import type { Page } from '@playwright/test';
import { expect, test } from './app';
import { seed } from './seed';

/** What may go over the wire for scripts until the page is idle, as it is compressed, and in how many files. */
const MAX_SCRIPT_BYTES = 190_000;
const MAX_SCRIPTS = 15;
const QUIET_MS = 2_000;
/** Elements of a page with a thousand entries. */
const MAX_ELEMENTS = 4_000;

interface Seen {
  firstRow: number;
  rows: number;
  overflow: number;
  elements: number;
}

/** How far down the first entry is, how many can be read whole, and what is wider than the screen, in pixels. */
function look(page: Page): Promise<Seen> {
  return page.evaluate(() => {
    const rows = Array.from(document.querySelectorAll('[data-entry]'), (row) => row.getBoundingClientRect());
    // Of what is fixed at the foot of a phone.
    const bars = Array.from(document.querySelectorAll('nav'), (bar) => bar.getBoundingClientRect());
    const foot = bars.find(({ top, width }) => width === window.innerWidth && top > 0)?.top;
    const end = foot ?? window.innerHeight;
    return {
      firstRow: Math.round(rows[0]?.top ?? Infinity),
      rows: rows.filter(({ top, bottom }) => top >= 0 && bottom <= end).length,
      overflow: document.documentElement.scrollWidth - window.innerWidth,
      elements: document.getElementsByTagName('*').length,
    };
  });
}

test('the scripts of the first page are light and few', async ({ page, app }) => {
  const scripts = new Map<string, number>();
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  const names = new Map<string, string>();
  session.on('Network.responseReceived', ({ requestId, response }) => names.set(requestId, response.url));
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const url = names.get(requestId) ?? '';
    if (url.endsWith('.js')) scripts.set(url, encodedDataLength);
  });
  await page.goto(app.url);
  await expect(page.getByRole('heading', { name: 'No time tracked yet' })).toBeVisible();
  // The stream of live updates never ends: idle is when no script comes any more, and the pickers are the last.
  await expect.poll(() => [...scripts.keys()].join()).toContain('pickers');
  await page.waitForTimeout(QUIET_MS);
  const bytes = [...scripts.values()].reduce((sum, size) => sum + size, 0);
  console.log(`scripts until idle: ${bytes} bytes in ${scripts.size} files`);
  expect(bytes).toBeLessThanOrEqual(MAX_SCRIPT_BYTES);
  expect(scripts.size).toBeLessThanOrEqual(MAX_SCRIPTS);
});

test('the first screen is for entries, at every width, by day and by night', async ({ page, app }) => {
  await seed(page.request, app.url, { days: 8, perDay: 6 });
  for (const { width, height, rows } of [
    { width: 1440, height: 900, rows: 12 },
    { width: 1366, height: 768, rows: 10 },
    { width: 1024, height: 768, rows: 8 },
    { width: 768, height: 1024, rows: 8 },
    { width: 360, height: 740, rows: 5 },
  ]) {
    await page.setViewportSize({ width, height });
    await page.goto(app.url);
    await expect(page.getByRole('listitem', { name: 'Sketches' }).first()).toBeVisible();
    const seen = await look(page);
    console.log(`${width} x ${height}: first entry at ${seen.firstRow} px, ${seen.rows} entries`);
    expect.soft(seen.firstRow, `${width} px`).toBeLessThan(200);
    expect.soft(seen.rows, `${width} px`).toBeGreaterThanOrEqual(rows);
    expect.soft(seen.overflow, `${width} px`).toBeLessThanOrEqual(0);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await app.picture(page, `a0-first-screen-${width}-${colorScheme}`);
    }
  }
});

test('a thousand entries are as light as a screenful, and can be scrolled through', async ({ page, app }) => {
  await seed(page.request, app.url, { days: 50, perDay: 20 });
  await page.goto(app.url);
  await expect(page.getByRole('listitem').first()).toBeVisible();
  // Older ones come as the end comes near.
  await expect(async () => {
    await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
    await expect(page.getByRole('button', { name: /Load older|Loading/ })).toHaveCount(0, { timeout: 500 });
  }).toPass({ timeout: 60_000 });
  const { elements } = await look(page);
  console.log(`a thousand entries: ${elements} elements`);
  expect(elements).toBeLessThan(MAX_ELEMENTS);
  await page.evaluate(() => window.scrollTo(0, 0));
  await expect(page.getByRole('listitem').first()).toBeInViewport();
});
