/** Reports: the sums are right, every figure leads to its entries, and the URL says all of it. */
import type { APIRequestContext, Locator, Page } from '@playwright/test';
import { expect, test } from './app';
import { post, type Made } from './seed';

const WEEK = 'from=2026-03-02&to=2026-03-08';

/** A week of March in Berlin, of which the sums are known: 9:20 in all, 6:00 of it billable. */
async function track(request: APIRequestContext, url: string): Promise<void> {
  const zone = await request.patch(`${url}/api/me`, { data: { timeZone: 'Europe/Berlin' } });
  expect(zone.ok()).toBe(true);
  const client = await post(request, url, '/clients', { name: 'Acme' });
  const website = await post(request, url, '/projects', { name: 'Website', clientId: client.id });
  const shop = await post(request, url, '/projects', { name: 'Shop' });
  const category = (project: Made, name: string, parent: Made | null) =>
    post(request, url, `/projects/${project.id}/categories`, { name, parentCategoryId: parent?.id ?? null });
  const design = await category(website, 'Design', null);
  const logo = await category(website, 'Logo', design);
  const till = await category(shop, 'Till', null);
  const meeting = await post(request, url, '/tags', { name: 'meeting' });
  const remote = await post(request, url, '/tags', { name: 'remote' });
  const entries = [
    // 2:00, and 1:00 in a category below.
    [design, 'Sketches', '2026-03-02T08:00:00Z', '2026-03-02T10:00:00Z', true, [meeting, remote]],
    [logo, 'Logo', '2026-03-03T08:00:00Z', '2026-03-03T09:00:00Z', true, [meeting]],
    // Over midnight: 1:00 on Wednesday, 2:00 on Thursday.
    [till, 'Night shift', '2026-03-04T22:00:00Z', '2026-03-05T01:00:00Z', true, []],
    // Three times 20 seconds more than 40 minutes.
    [till, '', '2026-03-06T08:00:00Z', '2026-03-06T08:40:20Z', false, []],
    [till, '', '2026-03-06T09:00:00Z', '2026-03-06T09:40:20Z', false, []],
    [till, '', '2026-03-06T10:00:00Z', '2026-03-06T10:40:20Z', false, []],
    // Half of it is on the Monday after the week.
    [till, 'Till Monday', '2026-03-08T22:00:00Z', '2026-03-09T00:00:00Z', false, []],
    // The week before.
    [design, 'Before', '2026-02-24T08:00:00Z', '2026-02-24T10:00:00Z', true, []],
  ] as const;
  for (const [of, description, startedAt, stoppedAt, billable, tags] of entries)
    await post(request, url, '/time/entries', {
      categoryId: of.id,
      description,
      startedAt,
      stoppedAt,
      billable,
      tagIds: tags.map(({ id }) => id),
    });
}

function table(page: Page): Locator {
  return page.getByRole('region', { name: 'Groups' }).getByRole('table');
}

/** A line of the table: its figures as they are read, without the words for screen readers. */
async function line(page: Page, name: string): Promise<string[]> {
  const row = table(page)
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader', { name }) })
    .first();
  await expect(row).toBeVisible();
  return row.locator('td').evaluateAll((cells) =>
    cells.map((cell) => {
      const copy = cell.cloneNode(true) as HTMLElement;
      copy.querySelectorAll('.sr-only').forEach((hidden) => hidden.remove());
      return copy.textContent.trim();
    }),
  );
}

function entries(page: Page): Locator {
  return page.getByRole('region', { name: 'Entries in this report' }).locator('[data-entry]');
}

test('the sums of a week, down to the entries that they are made of, and back', async ({ page, app }) => {
  await track(page.request, app.url);
  await page.goto(app.url);
  await page.getByRole('link', { name: 'Reports', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Reports' })).toBeFocused();
  // Nothing was tracked this week, which is said, and not shown as an empty chart.
  await expect(page.getByRole('heading', { name: 'No time tracked in this range' })).toBeVisible();

  await page.getByRole('button', { name: 'Range: This week' }).click();
  await page.getByRole('dialog', { name: 'Range' }).getByLabel('From').fill('2026-03-02');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Range' }).getByLabel('To').fill('2026-03-08');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(new RegExp(WEEK));

  // 3:00 of Website; of Shop 3:00, three times 40:20, and the hour that lies in the week.
  expect(await line(page, 'Total')).toEqual(['9:01', '100.0%', '6:00', '7']);
  expect(await line(page, 'Shop')).toEqual(['6:01', '66.7%', '3:00', '5']);
  expect(await line(page, 'Website')).toEqual(['3:00', '33.3%', '3:00', '2']);
  await page.getByRole('button', { name: 'Expand Website' }).click();
  await page.getByRole('button', { name: 'Expand Design' }).click();
  expect(await line(page, 'Level 2 Design')).toEqual(['3:00', '33.3%', '3:00', '2']);
  expect(await line(page, 'Logo')).toEqual(['1:00', '11.1%', '1:00', '1']);
  expect(await line(page, 'Directly in Design')).toEqual(['2:00', '22.2%', '2:00', '1']);
  await app.picture(page, 'r1-summary');

  // A figure leads to its entries, whose time is the same.
  await table(page).getByRole('link', { name: '3:00 Show the entries of Design' }).first().click();
  await expect(entries(page)).toHaveCount(2);
  await expect(page).toHaveURL(/view=detailed/);
  await expect(page.getByRole('region', { name: 'Totals' })).toContainText('3:00');
  await page.reload();
  await expect(entries(page)).toHaveCount(2);
  await page.goBack();
  await expect(table(page)).toBeVisible();
  await page.getByRole('button', { name: 'Expand all' }).click();
  await table(page)
    .getByRole('link', { name: '2:00 Show the entries of Directly in Design' })
    .first()
    .click();
  await expect(entries(page)).toHaveCount(1);
  await expect(entries(page)).toContainText('Sketches');
  await page.getByRole('button', { name: 'Remove the filter Without subcategories' }).click();
  await expect(entries(page)).toHaveCount(2);
  await page.goBack();
  await page.goBack();

  // A bar leads to its day; of what lies over midnight only the part of that day counts.
  const bar = page.getByRole('link', {
    name: /^Thu 5 March 2026: 2 h; Shop: 2 h|^Thu 5 March: 2 h; Shop: 2 h/,
  });
  await page.locator('[data-bar="2026-03-02"]').focus();
  for (let step = 0; step < 3; step += 1) await page.keyboard.press('ArrowRight');
  await expect(bar).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/from=2026-03-05&to=2026-03-05/);
  await expect(entries(page)).toHaveCount(1);
  await expect(entries(page)).toContainText('2:00');
  await expect(entries(page)).toContainText('of 3:00');
  await app.picture(page, 'r2-detailed');
});

test('groups, filters and the comparison are in the URL', async ({ page, app }) => {
  await track(page.request, app.url);
  await page.goto(`${app.url}/reports?${WEEK}`);
  await expect(table(page)).toBeVisible();

  await page.getByLabel('Grouping 1').selectOption('tag');
  await page.getByLabel('Grouping 2').selectOption('Nothing more');
  // Two tags on one entry: they add up to more than the total, which is said.
  await expect(page.getByText('so tags can add up to more than the total').first()).toBeVisible();
  expect(await line(page, 'meeting')).toEqual(['3:00', '33.3%', '3:00', '2']);
  expect(await line(page, 'remote')).toEqual(['2:00', '22.2%', '2:00', '1']);
  expect(await line(page, 'No tag')).toEqual(['6:01', '66.7%', '3:00', '5']);
  await table(page).getByRole('link', { name: '6:01 Show the entries of No tag' }).click();
  await expect(entries(page)).toHaveCount(5);
  await page.goBack();

  await page.getByLabel('Grouping 1').selectOption('client');
  await page.getByLabel('Compare with').selectOption('previous');
  await expect(table(page).getByRole('columnheader', { name: 'Before' })).toBeVisible();
  expect(await line(page, 'Acme')).toEqual(['3:00', '33.3%', '3:00', '2', '2:00', '+50%']);
  expect(await line(page, 'Total')).toEqual(['9:01', '100.0%', '6:00', '7', '2:00', '+351%']);
  await table(page).getByRole('link', { name: '2:00 Show the entries of Acme' }).click();
  await expect(entries(page)).toHaveCount(1);
  await expect(entries(page)).toContainText('Before');
  await page.goBack();

  // A filter of the page, its place in the URL, and what is left when nothing passes it.
  await page.getByRole('combobox', { name: 'Projects' }).click();
  await page.getByRole('option', { name: 'Shop' }).click();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('combobox', { name: 'Projects: Shop' })).toBeVisible();
  expect(await line(page, 'Total')).toEqual(['6:01', '100.0%', '3:00', '5', '0:00', 'new']);
  await page.getByRole('searchbox', { name: 'Search descriptions and names' }).fill('night');
  await expect(page).toHaveURL(/q=night/);
  await expect.poll(() => line(page, 'Total')).toEqual(['3:00', '100.0%', '3:00', '1', '0:00', 'new']);
  const url = page.url();
  await page.goto(`${app.url}/tags`);
  await page.goto(url);
  await expect.poll(() => line(page, 'Total')).toEqual(['3:00', '100.0%', '3:00', '1', '0:00', 'new']);
  await page.getByRole('searchbox', { name: 'Search descriptions and names' }).fill('nowhere');
  await expect(page.getByRole('heading', { name: 'No time matches these filters' })).toBeVisible();
  await page.getByRole('button', { name: 'Clear filters' }).last().click();
  await expect.poll(() => line(page, 'Total')).toEqual(['9:01', '100.0%', '6:00', '7', '2:00', '+351%']);

  // In decimal hours the lines add up, too: 3:00:00 and 6:01:00 are 9.02 hours.
  await page.request.patch(`${app.url}/api/me`, { data: { settings: { durationFormat: 'decimal' } } });
  await page.reload();
  await expect.poll(() => line(page, 'Total')).toContain('9.02 h');
  expect([(await line(page, 'Acme'))[0], (await line(page, 'No client'))[0]]).toEqual(['3.00 h', '6.02 h']);
});

test('rounded time stands beside the exact one, and what runs is counted up to now', async ({
  page,
  app,
}) => {
  await track(page.request, app.url);
  await page.goto(`${app.url}/reports?${WEEK}`);
  await page.getByRole('button', { name: 'Rounding' }).click();
  const dialog = page.getByRole('dialog', { name: 'Rounding' });
  await dialog.getByLabel('Rounding').selectOption('Round up');
  await dialog.getByLabel('Multiples of').selectOption('30 min');
  await page.keyboard.press('Escape');
  // Three entries of 40:20 are three hours.
  await expect.poll(() => line(page, 'Shop')).toEqual(['7:00', '6:01', '70.0%', '3:00', '5']);
  expect(await line(page, 'Total')).toEqual(['10:00', '9:01', '100.0%', '6:00', '7']);
  await expect(page.getByRole('region', { name: 'Totals' })).toContainText('exact: 9:01');
  await app.picture(page, 'r5-rounded');
  await table(page).getByRole('link', { name: '7:00 Show the entries of Shop' }).click();
  await expect(entries(page)).toHaveCount(5);
  await expect(entries(page).nth(1)).toContainText('1:00');
  await expect(entries(page).nth(1)).toContainText('exact: 0:40');

  const categories = (await (await page.request.get(`${app.url}/api/categories`)).json()) as Made[];
  await post(page.request, app.url, '/time/start', { categoryId: categories[0]?.id });
  await page.goto(`${app.url}/reports?range=today`);
  await expect(page.getByText(/1 entry is still running. Its time counts up to \d\d:\d\d\./)).toBeVisible();
  expect((await line(page, 'Total')).at(-1)).toBe('1');
});

test('entries are edited where they are listed, and the sums follow', async ({ page, app }) => {
  await track(page.request, app.url);
  await page.goto(`${app.url}/reports?${WEEK}&view=detailed`);
  await expect(entries(page)).toHaveCount(7);
  await page.getByRole('button', { name: 'Edit Sketches' }).click();
  const dialog = page.getByRole('dialog', { name: 'Edit entry' });
  await dialog.getByLabel('Description').fill('Drafts');
  await dialog.getByLabel('End').fill('12');
  await dialog.getByLabel('End').blur();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('listitem', { name: 'Drafts' })).toContainText('3:00');
  await expect(page.getByRole('region', { name: 'Totals' })).toContainText('10:01');
  await page.getByRole('button', { name: 'Edit Drafts' }).click();
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByRole('region', { name: 'Totals' })).toContainText('7:01');
  await expect(entries(page)).toHaveCount(6);
});

test('a report that cannot be loaded is no empty one', async ({ page, app }) => {
  await track(page.request, app.url);
  // Live updates of what was tracked a moment ago let the page ask again by itself: only the click mends the answers.
  const isMended = () => page.evaluate(() => 'mended' in window);
  await page.route('**/api/reports/summary?*', async (route) => {
    if (await isMended()) await route.continue();
    else
      await route.fulfill({
        status: 400,
        json: { code: 'report_too_large', message: 'too large', requestId: 'r-1' },
      });
  });
  await page.goto(`${app.url}/reports?${WEEK}`);
  await expect(page.getByRole('alert').filter({ hasText: "Couldn't load the report" })).toBeVisible();
  await expect(page.getByText('No time')).toHaveCount(0);
  await page.evaluate(() => {
    const mend = () => Object.assign(window, { mended: true });
    window.addEventListener('click', mend, { capture: true, once: true });
  });
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(table(page)).toBeVisible();
});

test('at every width, by day, by night and on paper', async ({ page, app }) => {
  await track(page.request, app.url);
  for (const view of ['summary', 'detailed'] as const) {
    for (const width of [1366, 768, 360]) {
      await page.setViewportSize({ width, height: 800 });
      await page.goto(`${app.url}/reports?${WEEK}&compare=previous&view=${view}`);
      await expect(view === 'summary' ? table(page) : entries(page).first()).toBeVisible();
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect.soft(overflow, `${view} at ${width}`).toBeLessThanOrEqual(0);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await app.picture(page, `r3-${view}-${width}-${colorScheme}`);
      }
    }
  }
  // Paper has the figures and what they are about, and no controls; all that is listed, not only what is in view.
  await page.goto(`${app.url}/reports?${WEEK}&billable=true`);
  await expect(table(page)).toBeVisible();
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  await expect(page.getByRole('navigation')).toHaveCount(0);
  await expect(page.getByRole('region', { name: 'Timer' })).toBeHidden();
  await expect(page.getByRole('search')).toBeHidden();
  await expect(page.getByText('Mon 2 March – Sun 8 March · Time zone Europe/Berlin')).toBeVisible();
  await expect(page.getByText('Billable', { exact: true }).first()).toBeVisible();
  expect(await line(page, 'Total')).toEqual(['6:00', '100.0%', '6:00', '3']);
  const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  expect(background).toBe('rgb(255, 255, 255)');
  await app.picture(page, 'r4-print');
});
