/** What was typed stays, whatever happens meanwhile: elsewhere, to the server, to the connection, to the file. */
import { writeFileSync } from 'node:fs';
import { expect, test } from './app';
import { add, entry, start, timer } from './steps';

test('a form that was changed elsewhere merges, and asks when it cannot', async ({ page, context, app }) => {
  await page.goto(app.url);
  await add(page, 'Planning', '9', '10', 'Site / Build');
  const other = await context.newPage();
  await other.goto(app.url);

  await entry(page, 'Planning').getByLabel('More for Planning').click();
  await page.getByRole('menuitem', { name: 'Edit…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Edit entry' });
  await dialog.getByLabel('Description').fill('Two sentences that took a while.');
  await entry(other, 'Planning').getByLabel('Billable').click();
  // Behind the dialog nothing is there for screen readers.
  const behind = (name: string) => page.getByRole('listitem', { name, exact: true, includeHidden: true });
  await expect(behind('Planning').getByLabel('Billable')).toHaveAttribute('aria-pressed', 'true');
  // A click beside it, and a key, do not throw away what was typed.
  await page.mouse.click(5, 5);
  await expect(page.getByRole('alertdialog', { name: 'Discard your changes?' })).toBeVisible();
  await app.picture(page, '90-discard');
  // At 400 % zoom the whole question can be scrolled to.
  const { width, height } = page.viewportSize() ?? { width: 1280, height: 720 };
  await page.setViewportSize({ width: 320, height: 160 });
  for (const name of ['Discard', 'Keep editing']) {
    const button = page.getByRole('button', { name, exact: true });
    await button.scrollIntoViewIfNeeded();
    await expect(button).toBeInViewport({ ratio: 1 });
  }
  await app.picture(page, '90-discard-zoomed');
  await page.setViewportSize({ width, height });
  await page.getByRole('button', { name: 'Keep editing' }).click();
  await dialog.getByRole('button', { name: 'Save' }).click();
  const saved = entry(page, 'Two sentences that took a while.');
  await expect(saved).toBeVisible();
  await expect(saved.getByLabel('Billable')).toHaveAttribute('aria-pressed', 'true');

  await saved.getByLabel(/^More for/).click();
  await page.getByRole('menuitem', { name: 'Edit…' }).click();
  await dialog.getByLabel('Description').fill('Mine');
  const field = other.getByRole('listitem').getByRole('textbox', { name: 'Description' });
  await field.fill('Theirs');
  await field.press('Enter');
  await expect(behind('Theirs')).toBeVisible();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByText('Which version do you want?')).toBeVisible();
  await app.picture(page, '91-conflict-in-form');
  await page.setViewportSize({ width: 360, height: 740 });
  await app.picture(page, '91-conflict-in-form-phone');
  await page.setViewportSize({ width: 1366, height: 768 });
  await page.emulateMedia({ colorScheme: 'dark' });
  await app.picture(page, '91-conflict-in-form-dark');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(entry(other, 'Mine')).toBeVisible();
});

test('what is typed in the timer stays when another device starts one, and after a reload', async ({
  page,
  browser,
  app,
}) => {
  await page.goto(app.url);
  const description = timer(page).getByLabel('What are you working on?');
  await description.fill('Write the quarterly rep');
  await page.reload();
  await expect(description).toHaveValue('Write the quarterly rep');
  await description.click();
  await description.press('End');

  const phone = await browser.newContext({ viewport: { width: 390, height: 800 } });
  const other = await phone.newPage();
  await other.goto(app.url);
  await start(other, 'Lunch', 'Break / Lunch', /Break/);
  await expect(page.getByText(/A timer was started elsewhere/)).toBeVisible();
  await description.pressSequentially('ort');
  await expect(description).toHaveValue('Write the quarterly report');
  await app.picture(page, '92-started-elsewhere');
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 360, height: 740 });
  await app.picture(page, '92-started-elsewhere-phone-dark');
  await page.setViewportSize({ width: 1280, height: 860 });
  await page.emulateMedia({ colorScheme: 'light' });
  await page.getByRole('button', { name: 'Show it' }).click();
  await expect(description).toHaveValue('Lunch');
  await timer(other).getByLabel('Stop the timer').click();
  await expect(description).toHaveValue('Write the quarterly report');
  await phone.close();
});

test('after an outage the page is whole within five seconds, without a click', async ({ page, app }) => {
  await page.route('**/api/**', (route) => route.fulfill({ status: 503, body: 'no server' }));
  await page.goto(app.url);
  await expect(page.getByRole('heading', { name: "Couldn't load this" })).toBeVisible({ timeout: 20_000 });
  await expect(page.getByRole('img', { name: 'Total unknown' })).toBeVisible();
  await app.picture(page, '93-outage');
  await page.setViewportSize({ width: 360, height: 740 });
  await app.picture(page, '93-outage-phone');
  await page.setViewportSize({ width: 1280, height: 860 });
  // As long as a server takes to be replaced.
  await page.waitForTimeout(12_000);
  await page.unroute('**/api/**');
  await expect(page.getByRole('heading', { name: 'No time tracked yet' })).toBeVisible({
    timeout: 5_000,
  });
  await expect(timer(page).getByLabel('Start the timer')).toBeVisible({ timeout: 1_000 });
});

test('a file that changed on disk is told from a server that is away', async ({ page, app }, info) => {
  const file = info.outputPath('toggl.csv');
  const header =
    'User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags,Amount ()\n';
  const row = 'Ada,ada@example.com,,Site,,Work,No,2026-01-05,09:00:00,2026-01-05,10:00:00,01:00:00,,\n';
  writeFileSync(file, header);
  await page.goto(`${app.url}/import`);
  await page.getByLabel('CSV file').setInputFiles(file);
  writeFileSync(file, header + row);
  await page.getByRole('button', { name: 'Preview import' }).click();
  await expect(page.getByText('The file has changed since you chose it. Choose it again.')).toBeVisible();
  await app.picture(page, '94-file-changed');
  await page.getByLabel('CSV file').setInputFiles(file);
  await page.getByRole('button', { name: 'Preview import' }).click();
  await expect(page.getByRole('button', { name: 'Import 1 entry' })).toBeVisible();
});

test('a project that cannot be saved offline says so, and is not made later', async ({
  page,
  context,
  app,
}) => {
  await page.goto(`${app.url}/projects`);
  await page.getByRole('button', { name: 'New project' }).click();
  const dialog = page.getByRole('dialog', { name: 'New project' });
  await dialog.getByLabel('Name', { exact: true }).fill('Later');
  await context.setOffline(true);
  await dialog.getByRole('button', { name: 'Create project' }).click();
  await expect(dialog.getByText(/You're offline, so this can't be saved/)).toBeVisible();
  await app.picture(page, '95-offline-form');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await context.setOffline(false);
  await expect(page.getByText("You're offline.")).toBeHidden();
  await expect(page.getByRole('heading', { name: 'No projects yet' })).toBeVisible();
  const made = await page.request.get(`${app.url}/api/projects`);
  expect(await made.json()).toEqual([]);
});
