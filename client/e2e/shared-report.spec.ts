/** A report is shared by a link: with a password, opened by a visitor without an account, and ended. */
import type { Page } from '@playwright/test';
import { expect, test } from './app';
import { checker } from './axe';
import { setUp } from './people';
import { post } from './seed';

test.use({ authMode: 'accounts' });

const PASSWORD = 'an unusual phrase for visitors';

/** What the page asks of the API, in its order. */
function asks(page: Page): string[] {
  const paths: string[] = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith('/api/')) paths.push(pathname);
  });
  return paths;
}

test('a link to a report opens just that report, by its password, until it is ended', async ({
  page,
  browser,
  app,
}) => {
  const look = checker(page);
  await setUp(page, app);
  const project = await post(page.request, app.url, '/projects', { name: 'Website' });
  const category = await post(page.request, app.url, `/projects/${project.id}/categories`, {
    name: 'Design',
    parentCategoryId: null,
  });
  await post(page.request, app.url, '/time/entries', {
    categoryId: category.id,
    description: 'Sketches',
    startedAt: '2026-03-02T08:00:00Z',
    stoppedAt: '2026-03-02T10:00:00Z',
  });
  await post(page.request, app.url, '/saved-reports', {
    name: 'Website in March',
    query: 'from=2026-03-01&to=2026-03-31&by=project&by=category',
  });

  await page.goto(`${app.url}/reports`);
  await page.getByRole('button', { name: 'Saved reports' }).click();
  await page.getByRole('button', { name: 'Links to Website in March' }).click();
  const list = page.getByRole('dialog', { name: 'Links to Website in March' });
  await expect(list.getByText('No links yet.')).toBeVisible();
  await list.getByRole('button', { name: 'New link' }).click();
  const form = page.getByRole('dialog', { name: 'New link' });
  await form.getByRole('switch', { name: /Ask for a password/ }).click();
  await form.getByLabel('Password', { exact: true }).fill('password1234');
  await form.getByRole('button', { name: 'Create the link' }).click();
  await expect(form.getByLabel('Password', { exact: true })).toHaveAttribute('aria-invalid', 'true');
  await look('new link');
  await app.picture(page, 'report-link-new');
  await form.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await form.getByRole('button', { name: 'Create the link' }).click();
  const url = await page.getByLabel('Address of the shared report').innerText();
  const link = url.replace(/^.*(?=\/shared-report#token=)/, app.url);
  await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click();
  await expect(list.getByRole('listitem')).toHaveCount(1);
  await look('links');
  await app.picture(page, 'report-links');

  const context = await browser.newContext();
  const visitor = await context.newPage();
  const asked = asks(visitor);
  await visitor.goto(link);
  const password = visitor.getByLabel('Password', { exact: true });
  await expect(password).toBeFocused();
  await checker(visitor)('password of a link');
  await app.picture(visitor, 'shared-report-password');
  await password.fill('a wrong password');
  await password.press('Enter');
  await expect(visitor.getByText('The password is wrong.')).toBeVisible();
  await password.fill(PASSWORD);
  await password.press('Enter');
  await expect(visitor.getByRole('heading', { level: 1, name: 'Website in March' })).toBeFocused();
  await expect(visitor.getByRole('region', { name: 'Totals' })).toContainText('2:00');
  await visitor.getByRole('button', { name: 'Expand Website' }).click();
  await expect(visitor.getByRole('rowheader', { name: /Design/ })).toBeVisible();
  // Nothing of the application, and nothing that leads into it.
  await expect(visitor.getByRole('link')).toHaveCount(0);
  await expect(visitor.locator('meta[name=robots]')).toHaveAttribute('content', /noindex/);
  await expect(visitor).toHaveTitle(/Website in March/);
  expect(new Set(asked)).toEqual(new Set(['/api/report-links/open']));
  await checker(visitor)('shared report');
  await app.picture(visitor, 'shared-report-dark');
  await visitor.setViewportSize({ width: 360, height: 740 });
  await app.picture(visitor, 'shared-report-360');
  const wide = await visitor.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(wide).toBeLessThanOrEqual(0);

  // The owner ends it, and a visitor who comes again is told.
  await list.getByRole('button', { name: /^End the link created/ }).click();
  await page.getByRole('button', { name: 'End the link', exact: true }).click();
  await expect(list.getByText('No links yet.')).toBeVisible();
  await visitor.reload();
  await expect(visitor.getByRole('heading', { name: "This link doesn't work" })).toBeFocused();
  await checker(visitor)('link that was ended');
  await context.close();
  // Signed in or not, a link that was not copied whole is asked about nowhere.
  await page.goto(`${app.url}/shared-report`);
  await expect(page.getByText(/the part after “#” is missing/)).toBeVisible();
});
