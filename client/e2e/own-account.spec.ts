/** A user takes their data, deletes the account, and changes their mind. */
import { readFileSync } from 'node:fs';
import { expect, test } from './app';
import { checker } from './axe';
import { EMAIL, setUp } from './people';
import { post } from './seed';

test.use({ authMode: 'accounts' });

const GRACE = 'grace@example.org';

test('the archive of the own data, and an account that is deleted and kept after all', async ({
  page,
  browser,
  app,
}) => {
  const look = checker(page);
  await setUp(page, app);
  await page.goto(`${app.url}/account`);
  const data = page.getByRole('region', { name: 'Your data' });
  await data.getByRole('button', { name: 'Request the archive' }).click();
  const download = data.getByRole('button', { name: 'Download the archive' });
  await expect(download).toBeVisible();
  await expect(data.getByText(/The archive is ready/)).toBeVisible();
  await look('archive');
  await data.scrollIntoViewIfNeeded();
  await app.picture(page, 'own-data');
  const [file] = await Promise.all([page.waitForEvent('download'), download.click()]);
  expect(file.suggestedFilename()).toMatch(/^clockwork-data-.*\.zip$/);
  // Its directory stands at the end, and names are not compressed.
  const content = readFileSync(await file.path()).toString('latin1');
  expect(content.slice(0, 2)).toBe('PK');
  expect(content).toContain('entries.csv');
  const audit = (await (await page.request.get(`${app.url}/api/auth/export`)).json()) as { nextAt: string };
  expect(Date.parse(audit.nextAt)).toBeGreaterThan(Date.now());

  // The only administrator, and owner of the first workspace, is needed.
  await page.getByRole('button', { name: 'Delete account…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete your account?' });
  await expect(dialog.getByText(/only administrator/)).toBeVisible();
  await expect(dialog.getByRole('list', { name: /no owner/ })).toHaveText('My workspace');
  await expect(dialog.getByRole('button', { name: 'Delete my account' })).toBeDisabled();
  await look('deletion that is held back');
  await app.picture(page, 'deletion-held-back');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Delete account…' })).toBeFocused();

  // Of a member the time stays.
  const { link } = (await post(page.request, app.url, '/invitations', {
    email: GRACE,
    role: 'member',
  })) as unknown as { link: string };
  const other = await browser.newContext();
  const grace = await other.newPage();
  await post(other.request, app.url, '/auth/sign-up', {
    token: link.split('#token=')[1],
    name: 'Grace',
    password: 'eight blue herons at dusk',
  });
  const elsewhere = await browser.newContext();
  await post(elsewhere.request, app.url, '/auth/sign-in', {
    email: GRACE,
    password: 'eight blue herons at dusk',
  });
  await grace.goto(`${app.url}/account`);
  await grace.getByRole('button', { name: 'Delete account…' }).click();
  const question = grace.getByRole('dialog', { name: 'Delete your account?' });
  await expect(question.getByRole('list', { name: /entries stay/ })).toHaveText('My workspace');
  await checker(grace)('deletion');
  await grace.setViewportSize({ width: 360, height: 740 });
  await app.picture(grace, 'deletion-360-dark');
  await question.getByRole('button', { name: 'Delete my account' }).click();
  const notice = grace.getByRole('status').filter({ hasText: 'Your account will be deleted on' });
  await expect(notice).toBeFocused();
  await expect(grace.getByRole('button', { name: 'Delete account…' })).toHaveCount(0);
  // The request has ended the other session.
  expect((await elsewhere.request.get(`${app.url}/api/me`)).status()).toBe(401);
  await checker(grace)('notice of the deletion');
  await expect(notice).toBeInViewport();
  await app.picture(grace, 'deletion-notice-360');

  // Every page says so, and leads to where it is undone.
  await grace.setViewportSize({ width: 1280, height: 860 });
  await grace.goto(app.url);
  await grace.getByRole('button', { name: 'Account of Grace' }).click();
  await grace.getByRole('menuitem', { name: /^Account will be deleted on/ }).click();
  await notice.getByRole('button', { name: 'Keep my account' }).click();
  await expect(grace.getByText('Your account stays.')).toBeFocused();
  const told = (await (await other.request.get(`${app.url}/api/auth/session`)).json()) as {
    user: { deletionDueAt: string | null; email: string };
  };
  expect(told.user).toMatchObject({ deletionDueAt: null, email: GRACE });
  expect(told.user.email).not.toBe(EMAIL);
  await other.close();
  await elsewhere.close();
});
