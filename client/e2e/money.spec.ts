/** What time is worth: an amount is time times its rate, on the page as in the file, and a saved report opens again. */
import { readFile } from 'node:fs/promises';
import type { APIRequestContext, Page } from '@playwright/test';
import { expect, test } from './app';
import { checker } from './axe';
import { post, type Made } from './seed';

const WEEK = 'from=2026-03-02&to=2026-03-08';

/** 2:00 and 0:45 of Website, which a client pays for, and 1:00 of Shop without a client. */
async function track(request: APIRequestContext, url: string): Promise<void> {
  expect((await request.patch(`${url}/api/me`, { data: { timeZone: 'Europe/Berlin' } })).ok()).toBe(true);
  const client = await post(request, url, '/clients', { name: 'Acme' });
  const website = await post(request, url, '/projects', { name: 'Website', clientId: client.id });
  const shop = await post(request, url, '/projects', { name: 'Shop' });
  const category = (project: Made, name: string) =>
    post(request, url, `/projects/${project.id}/categories`, { name });
  const design = await category(website, 'Design');
  const till = await category(shop, 'Till');
  for (const [of, description, from, to, billable] of [
    [design, 'Sketches', '08:00', '10:00', true],
    [design, 'Logo', '10:00', '10:45', true],
    [till, 'Counter', '12:00', '13:00', false],
  ] as const)
    await post(request, url, '/time/entries', {
      categoryId: of.id,
      description,
      startedAt: `2026-03-03T${from}:00Z`,
      stoppedAt: `2026-03-03T${to}:00Z`,
      billable,
    });
}

/** The text of a file that the export menu offers. */
async function exported(
  page: Page,
  format: string,
  choose: () => Promise<void> = () => Promise.resolve(),
): Promise<{ name: string; text: string }> {
  const coming = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('menuitem', { name: format, exact: true }).click();
  await choose();
  const download = await coming;
  const path = await download.path();
  return { name: download.suggestedFilename(), text: await readFile(path, 'utf8') };
}

/** The cells of a CSV file without quotes, by the names of its columns. */
function records(text: string, separator = ','): Record<string, string>[] {
  const [head = '', ...lines] = text
    .replace(/^\uFEFF/, '')
    .trimEnd()
    .split('\r\n');
  const names = head.split(separator);
  return lines.map((line) =>
    Object.fromEntries(line.split(separator).map((cell, index) => [names[index] ?? '', cell])),
  );
}

test('a report is exported as it is shown, and a saved one opens again', async ({ page, app }) => {
  await track(page.request, app.url);
  await page.goto(`${app.url}/reports?${WEEK}&by=["project"]&billable=true`);
  await expect(page.getByRole('rowheader', { name: 'Website' })).toBeVisible();

  const csv = await exported(page, 'CSV');
  expect(csv.name).toBe('clockwork-summary-2026-03-02-2026-03-08.csv');
  // What is filtered out of the page is not in the file.
  expect(records(csv.text)).toMatchObject([{ Project: 'Website', Entries: '2', Duration: '2:45' }]);
  expect((await exported(page, 'Entries as iCalendar')).text.match(/BEGIN:VEVENT/g)).toHaveLength(2);
  expect((await exported(page, 'Excel (XLSX)')).text.slice(0, 2)).toBe('PK');
  const paper = page.getByRole('dialog', { name: 'Export as PDF' });
  const pdf = await exported(page, 'PDF…', async () => {
    await paper.getByLabel('Paper').selectOption('Letter');
    await paper.getByRole('switch', { name: /signatures/ }).click();
    await paper.getByRole('button', { name: 'Export' }).click();
  });
  expect(pdf.text.slice(0, 5)).toBe('%PDF-');
  await expect(paper).toBeHidden();
  expect(JSON.parse((await exported(page, 'JSON')).text)).toHaveLength(1);
  await page.getByRole('button', { name: 'Export' }).click();
  await app.picture(page, 'm1-export');
  await page.keyboard.press('Escape');

  // An error of the server is said by its code, and no file is saved.
  await page.route('**/api/reports/export?*', (route) =>
    route.fulfill({
      status: 409,
      json: { code: 'exports_running', message: 'others', requestId: 'r-1' },
    }),
  );
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('menuitem', { name: 'NDJSON' }).click();
  await expect(page.getByRole('region', { name: 'Notifications' })).toContainText(
    'Other exports are running.',
  );

  // Saved by keyboard alone, found again after a reload, and opened.
  await page.getByRole('button', { name: 'Saved reports' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText('None yet.')).toBeVisible();
  await page.getByRole('button', { name: 'Save this report' }).focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Save this report' });
  await dialog.getByLabel('Name').fill('Billable in March');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Report saved')).toBeVisible();
  await expect(dialog).toBeHidden();
  await page.goto(`${app.url}/reports`);
  await expect(page.getByRole('heading', { name: 'No time tracked in this range' })).toBeVisible();
  await page.getByRole('button', { name: 'Saved reports' }).click();
  await app.picture(page, 'm2-saved');
  await page.getByRole('link', { name: 'Billable in March' }).click();
  await expect(page).toHaveURL(new RegExp(WEEK));
  await expect(page.getByRole('rowheader', { name: 'Website' })).toBeVisible();
  await expect(page.getByRole('rowheader', { name: 'Shop' })).toHaveCount(0);

  await page.getByRole('button', { name: 'Saved reports' }).click();
  await page.getByRole('button', { name: 'Change Billable in March' }).click();
  const change = page.getByRole('dialog', { name: 'Change saved report' });
  await change.getByLabel('Name').fill('March');
  await change.getByRole('switch', { name: 'Share with the workspace' }).click();
  await app.picture(page, 'm3-change-saved');
  await change.getByRole('button', { name: 'Save' }).click();
  await expect(change).toBeHidden();
  await page.getByRole('button', { name: 'Saved reports' }).click();
  await expect(page.getByRole('link', { name: /^March/ })).toContainText('Shared with the workspace');
  await page.getByRole('button', { name: 'Delete March' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete report' }).click();
  await expect(page.getByText('March deleted')).toBeVisible();
  await page.getByRole('button', { name: 'Saved reports' }).click();
  await expect(page.getByText('None yet.')).toBeVisible();
});

test('an amount is time times its rate, on the page as in the file, in each currency alone', async ({
  page,
  app,
}) => {
  await track(page.request, app.url);
  const clients = (await (await page.request.get(`${app.url}/api/clients`)).json()) as Made[];
  await page.goto(`${app.url}/settings`);
  const section = page.getByRole('region', { name: 'Currency and rates' });
  await section.getByLabel('Currency').selectOption('EUR');
  await section.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('region', { name: 'Notifications' })).toContainText('Currency saved');
  await page.getByRole('button', { name: 'New rate' }).click();
  const dialog = page.getByRole('dialog', { name: 'New rate' });
  // A mistake is said at its field, and what was typed stays.
  await dialog.getByLabel('Per hour').fill('eighty');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByRole('alert')).toHaveText("This amount, currency or date isn't valid.");
  await app.picture(page, 'm8-rate');
  await dialog.getByLabel('Per hour').fill('80');
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('listitem', { name: 'Workspace' })).toContainText('€80.00');
  // Another one from a day after that week changes nothing of it.
  await page.getByRole('button', { name: 'New rate' }).click();
  await dialog.getByLabel('Applies to').selectOption('Project');
  await dialog.getByRole('combobox', { name: 'Project' }).selectOption('Website');
  await dialog.getByLabel('Per hour').fill('95,5');
  await dialog.getByLabel('From').fill('2026-03-09');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('listitem', { name: 'Website' })).toContainText('€95.50');
  await app.picture(page, 'm9-rates');
  await page.goto(`${app.url}/reports?${WEEK}&by=["project"]`);
  // 2:45 at 80.00 an hour; what is not billable is worth nothing.
  const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'Website' }) });
  await expect(row).toContainText('€220.00');
  await expect(page.getByRole('region', { name: 'Totals' })).toContainText('€220.00');
  await app.picture(page, 'm4-amounts');
  const lines = records((await exported(page, 'CSV')).text);
  expect(lines.map(({ Amount }) => Number(Amount)).reduce((sum, amount) => sum + amount, 0)).toBe(220);
  const german = (await exported(page, 'CSV with semicolons and decimal commas')).text;
  expect(records(german, ';').find(({ Project }) => Project === 'Website')).toMatchObject({
    Currency: 'EUR',
    Amount: '220,00',
  });

  // A figure leads to its entries, each with its amount, which add up to it.
  await row.getByRole('link', { name: /€220\.00/ }).click();
  const entries = page.getByRole('region', { name: 'Entries in this report' });
  await expect(entries.getByRole('listitem', { name: 'Sketches' })).toContainText('€160.00');
  await expect(entries.getByRole('listitem', { name: 'Logo' })).toContainText('€60.00');
  await expect(page.getByText('2 of 2 entries · €220.00')).toBeVisible();
  await app.picture(page, 'm5-amounts-detailed');
  for (const width of [768, 360]) {
    await page.setViewportSize({ width, height: 800 });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect.soft(overflow, `${width}`).toBeLessThanOrEqual(0);
    await app.picture(page, `m6-amounts-detailed-${width}`);
  }
  await page.setViewportSize({ width: 1280, height: 860 });

  // Another currency of the client: both totals stand side by side.
  await post(page.request, app.url, '/currencies', { currency: 'USD', clientId: clients[0]?.id });
  const till = await page.request.get(`${app.url}/api/categories`);
  const category = ((await till.json()) as (Made & { name: string })[]).find(({ name }) => name === 'Till');
  await post(page.request, app.url, '/time/entries', {
    categoryId: category?.id,
    description: 'Paid',
    startedAt: '2026-03-04T08:00:00Z',
    stoppedAt: '2026-03-04T08:30:00Z',
    billable: true,
  });
  await page.goto(`${app.url}/reports?${WEEK}&by=["project"]`);
  const total = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'Total' }) });
  await expect(total).toContainText('€40.00');
  await expect(total).toContainText('US$220.00');
  await app.picture(page, 'm7-currencies');
});

test('budgets, prices, currencies and rates stand with the project and the client', async ({ page, app }) => {
  await track(page.request, app.url);
  await post(page.request, app.url, '/currencies', { currency: 'EUR' });
  await page.goto(`${app.url}/clients`);
  await page.getByRole('link', { name: 'Acme', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Acme' })).toBeVisible();
  // The client pays in another currency, and can go back to that of the workspace.
  const currency = page.getByLabel('Currency');
  await expect(currency.locator('option:checked')).toHaveText('That of the workspace (EUR)');
  await currency.selectOption('CHF');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'New rate' }).click();
  const rate = page.getByRole('dialog', { name: 'New rate' });
  await rate.getByLabel('Per hour').fill('100');
  await rate.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('listitem', { name: 'Acme' })).toContainText('CHF 100.00');
  await page.getByRole('button', { name: 'New rate' }).click();
  await rate.getByRole('switch', { name: /End the rate/ }).click();
  await rate.getByLabel('From').fill('2026-04-01');
  await page.keyboard.press('Tab');
  await rate.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('listitem', { name: 'Acme' }).last()).toContainText('no rate');

  // 2:45 are tracked of a budget of 3 hours, and 275 of 200 Swiss francs are used.
  await page.getByRole('link', { name: 'Website', exact: true }).click();
  await page.getByRole('link', { name: 'Money', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'New budget' });
  await page.getByRole('button', { name: 'New budget' }).click();
  await dialog.getByLabel('Hours').fill('3');
  await checker(page)('budget dialog');
  await dialog.getByRole('button', { name: 'Save' }).click();
  const time = page.getByRole('listitem', { name: '3:00 in all' });
  await expect(time).toContainText('91% used (2:45)');
  await expect(time).toContainText('0:15 left');
  await page.getByRole('button', { name: 'New budget' }).click();
  await dialog.getByText('Money', { exact: true }).click();
  await dialog.getByLabel('Amount').fill('200');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('listitem', { name: 'CHF 200.00 in all' })).toContainText(
    'CHF 75.00 over the budget',
  );
  await checker(page)('money of a project');
  for (const width of [1366, 768, 360])
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect.soft(overflow, `money at ${width}`).toBeLessThanOrEqual(0);
      await app.picture(page, `m6-money-${width}-${colorScheme}`);
    }
  await page.setViewportSize({ width: 1280, height: 860 });

  // Paid as a whole, its hours have no amounts; what the server refuses stays as it was typed.
  const price = page.getByLabel('Fixed price in CHF');
  await price.fill('a lot');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText("This amount, currency or date isn't valid.")).toBeVisible();
  await expect(price).toHaveValue('a lot');
  await price.fill('900');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Price saved').first()).toBeVisible();
  await page.getByRole('button', { name: 'Delete the budget 3:00 in all' }).click();
  await page.getByRole('button', { name: 'Delete budget' }).click();
  await expect(time).toHaveCount(0);
});
