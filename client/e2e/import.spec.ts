import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from './app';

const here = path.dirname(fileURLToPath(import.meta.url));

test('a Toggl export: refused, checked, imported, and imported again', async ({ page, app }) => {
  await page.goto(`${app.url}/import`);
  await expect(page.getByText('Drop the CSV file here')).toBeVisible();
  await app.picture(page, '20-import');

  await page.getByLabel('CSV file').setInputFiles(path.join(here, 'toggl-bad.csv'));
  await page.getByRole('button', { name: 'Preview import' }).click();
  const bad = page.getByRole('row', { name: /2025-13-28/ });
  await expect(bad.getByRole('cell', { name: '3', exact: true })).toBeVisible();
  await expect(bad.getByRole('cell', { name: 'Start date', exact: true })).toBeVisible();
  await app.picture(page, '21-import-bad-line');

  await page.getByLabel('CSV file').setInputFiles(path.join(here, 'toggl.csv'));
  await page.getByLabel('Time zone of the file').selectOption('Europe/Berlin');
  await page.getByRole('button', { name: 'Preview import' }).click();
  await expect(page.getByRole('heading', { name: 'Preview' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Projects' })).toContainText('2 new');
  await app.picture(page, '22-import-dry-run');

  await page.getByRole('button', { name: 'Import 4 entries' }).click();
  await expect(page.getByRole('heading', { name: '4 entries imported' })).toBeVisible();
  await app.picture(page, '23-import-done');

  await page.getByRole('link', { name: 'See the entries' }).click();
  // 22:00 to 04:00 in the night in which the clocks go forward: five hours, two of them on Saturday.
  await expect(page.getByRole('region', { name: /29 March/ })).toContainText('2:00');
  await expect(page.getByRole('region', { name: /30 March/ })).toContainText('3:00');
  await app.picture(page, '24-imported-entries');

  await page.goto(`${app.url}/import`);
  await page.getByLabel('CSV file').setInputFiles(path.join(here, 'toggl.csv'));
  await page.getByLabel('Time zone of the file').selectOption('Europe/Berlin');
  await page.getByRole('button', { name: 'Preview import' }).click();
  await expect(page.getByText('Nothing new to import.')).toBeVisible();
});
