/** How soon the entries can be read and used, on a processor of a quarter of the speed: a measurement, for a machine that does nothing else. */
import { expect, test } from './app';
import { seed } from './seed';

const SLOWDOWN = 4;
const ROUNDS = 5;

test('how soon the entries are there', async ({ browser, page, app }) => {
  test.skip(process.env.MEASURE_SPEED === undefined, 'just bench-page measures it');
  await seed(page.request, app.url, { days: 20, perDay: 6 });
  const drawn: number[] = [];
  const worked: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    // A context of its own has nothing in its cache.
    const context = await browser.newContext({ viewport: { width: 1366, height: 768 } });
    const tab = await context.newPage();
    const session = await context.newCDPSession(tab);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN });
    // In the page itself: to ask it from here takes as long as the page does.
    await tab.addInitScript(() => {
      new MutationObserver((_changes, observer) => {
        if (!document.querySelector('[data-entry]')) return;
        observer.disconnect();
        requestAnimationFrame(() => performance.mark('entries'));
      }).observe(document, { childList: true, subtree: true });
    });
    await tab.goto(app.url);
    await expect
      .poll(() => tab.evaluate(() => performance.getEntriesByName('entries').length), { timeout: 30_000 })
      .toBe(1);
    const at = await tab.evaluate(() => performance.getEntriesByName('entries')[0]?.startTime ?? NaN);
    const { metrics } = await session.send('Performance.getMetrics');
    drawn.push(Math.round(at));
    worked.push(Math.round((metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN) * 1000));
    await context.close();
  }
  const median = (all: number[]) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)];
  console.log(`entries at ${SLOWDOWN}x slower: ${median(drawn)} ms (${drawn.join(', ')})`);
  console.log(`main thread until then, as slow: ${median(worked)} ms (${worked.join(', ')})`);
});
