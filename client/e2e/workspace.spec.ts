/** What owners and administrators see and do of their workspace: its audit log, and its end. */
import { expect, test } from './app';
import { checker } from './axe';
import { setUp } from './people';
import { post } from './seed';

test.use({ authMode: 'accounts' });

test('the audit log is read, filtered and exported, and a workspace is deleted', async ({ page, app }) => {
  await setUp(page, app);
  await post(page.request, app.url, '/invitations', { email: 'grace@example.org', role: 'manager' });
  const { id } = await post(page.request, app.url, '/projects', { name: 'Website' });
  const change = await page.request.patch(`${app.url}/api/projects/${id}`, { data: { private: true } });
  expect(change.ok()).toBe(true);
  await post(page.request, app.url, '/workspaces', { name: 'Side project' });

  // The audit log says it in sentences, filtered, and as a file.
  await page.goto(`${app.url}/members`);
  await page.getByRole('link', { name: 'Audit log' }).click();
  const log = page.getByRole('list', { name: 'Audit log' });
  await expect(log.getByText('Ada invited a person (role: Manager)')).toBeVisible();
  await expect(log.getByText('Ada made Website private')).toBeVisible();
  await checker(page)('audit log');
  for (const width of [1366, 768, 360])
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.setViewportSize({ width, height: 860 });
      await page.emulateMedia({ colorScheme });
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect.soft(overflow, `audit log at ${width}`).toBeLessThanOrEqual(0);
      await app.picture(page, `99-audit-log-${width}-${colorScheme}`);
    }
  await page.setViewportSize({ width: 1280, height: 860 });
  await page.getByLabel('Who', { exact: true }).selectOption('Ada');
  await page.getByLabel('What', { exact: true }).selectOption('Role changed');
  await expect(page.getByText('No line of the log matches these filters.')).toBeVisible();
  await page.getByRole('button', { name: 'Clear the filters' }).click();
  const coming = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export as CSV' }).click();
  expect((await coming).suggestedFilename()).toMatch(/\.csv$/);

  // The first workspace stays; another is deleted when its name is typed, and its members have it no more.
  await page.getByRole('button', { name: 'Account of Ada' }).click();
  await page.getByRole('menuitem', { name: 'Side project' }).click();
  await page.goto(`${app.url}/members`);
  await page.getByRole('button', { name: 'Delete…' }).click();
  const deletion = page.getByRole('dialog', { name: 'Delete Side project?' });
  await deletion.getByLabel('Type the name of the workspace').fill('side');
  await deletion.getByRole('button', { name: 'Delete the workspace' }).click();
  await expect(deletion.getByText("This isn't the name of the workspace.")).toBeVisible();
  await checker(page)('deletion of a workspace');
  await app.picture(page, '99-delete-workspace');
  await deletion.getByLabel('Type the name of the workspace').fill('Side project');
  await deletion.getByRole('button', { name: 'Delete the workspace' }).click();
  await expect(page).toHaveURL(`${app.url}/`);
  await page.getByRole('button', { name: 'Account of Ada' }).click();
  await expect(page.getByRole('menuitem', { name: 'Side project' })).toHaveCount(0);
});
