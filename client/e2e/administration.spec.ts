/** An administrator of the installation: accounts that are disabled and enabled, links for new passwords, jobs that failed. */
import { expect, test } from './app';
import { checker } from './axe';
import { setUp } from './people';
import { post } from './seed';
import { start, timer } from './steps';

test.use({ authMode: 'accounts' });

const GRACE = 'grace@example.org';
const PASSWORD = 'eight blue herons at dusk';
const NEW_PASSWORD = 'nine white herons at dawn';

test('accounts are found, disabled, enabled, and get another administrator and a new password', async ({
  page,
  browser,
  app,
}) => {
  const look = checker(page);
  await setUp(page, app);
  const { link } = (await post(page.request, app.url, '/invitations', {
    email: GRACE,
    role: 'manager',
  })) as unknown as { link: string };
  const context = await browser.newContext();
  const grace = await context.newPage();
  await post(context.request, app.url, '/auth/sign-up', {
    token: link.split('#token=')[1],
    name: 'Grace',
    password: PASSWORD,
  });
  await grace.goto(app.url);
  await start(grace, 'Running', 'Site / Build', /Site/);
  // Who is no administrator has no way there, and is told.
  await grace.goto(`${app.url}/administration`);
  await expect(
    grace.getByText('Only administrators of this installation see its accounts and background jobs.'),
  ).toBeVisible();
  await expect(grace.getByRole('link', { name: 'Administration' })).toHaveCount(0);
  await checker(grace)('administration of others');
  await grace.goto(app.url);
  await expect(timer(grace).getByLabel('Stop the timer')).toBeVisible();

  await page.goto(`${app.url}/settings`);
  await page.getByRole('link', { name: 'Administration' }).click();
  const accounts = page.getByRole('list', { name: 'Accounts' });
  await expect(accounts.getByRole('listitem')).toHaveCount(2);
  const row = accounts.getByRole('listitem').filter({ hasText: GRACE });
  await expect(row).toContainText('in 1 workspace');
  await expect(row).toContainText('last seen');
  await expect(page.getByText('No jobs are waiting, and none have failed.')).toBeVisible();
  await look('administration');
  for (const width of [360, 768, 1366]) {
    await page.setViewportSize({ width, height: width === 360 ? 740 : 900 });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect.soft(overflow, `${width} px`).toBeLessThanOrEqual(0);
      await app.picture(page, `administration-${width}-${colorScheme}`);
    }
  }
  await page.setViewportSize({ width: 1280, height: 860 });
  await page.emulateMedia({ colorScheme: 'light' });
  const search = page.getByRole('searchbox', { name: 'Find an account by name or address' });
  await search.fill('nobody at all');
  await expect(page.getByText('No account has this in its name or address.')).toBeVisible();
  await search.fill('GRACE@');
  await expect(accounts.getByRole('listitem')).toHaveCount(1);
  await search.fill('');

  // With the keyboard: the menu opens, and what follows is said before it is done.
  const menu = row.getByRole('button', { name: 'Actions for the account of Grace' });
  await menu.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitem', { name: 'Link for a new password' })).toBeVisible();
  await look('menu of an account');
  await app.picture(page, 'administration-menu');
  await page.getByRole('menuitem', { name: 'Disable the account' }).click();
  const question = page.getByRole('alertdialog', { name: 'Disable the account of Grace?' });
  await expect(question).toContainText('its timer stops');
  await look('question before an account is disabled');
  await app.picture(page, 'administration-disable');
  await question.getByRole('button', { name: 'Disable the account' }).click();
  await expect(page.getByText('The account of Grace is disabled')).toBeVisible();
  await expect(row.getByText('Disabled', { exact: true })).toBeVisible();
  await look('a disabled account');
  await app.picture(page, 'administration-disabled');
  await expect(grace.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await grace.getByLabel('E-mail address').fill(GRACE);
  await grace.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await grace.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(grace.getByRole('alert')).toHaveText('The e-mail address or the password is wrong.');

  await menu.click();
  await page.getByRole('menuitem', { name: 'Enable the account' }).click();
  await expect(page.getByText('The account of Grace can be used again')).toBeVisible();
  // This server sends no mail: the administrator passes the link on.
  await menu.click();
  await page.getByRole('menuitem', { name: 'Link for a new password' }).click();
  const reset = await page.getByLabel('Link for a new password', { exact: true }).innerText();
  await look('link for a new password');
  await app.picture(page, 'administration-reset-link');
  await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click();
  await grace.goto('about:blank');
  await grace.goto(reset.replace(/^.*(?=\/reset#)/, app.url));
  await grace.getByLabel('New password').fill(NEW_PASSWORD);
  await grace.getByRole('button', { name: 'Set the password' }).click();
  await grace.getByRole('link', { name: 'Sign in' }).click();
  await grace.getByLabel('E-mail address').fill(GRACE);
  await grace.getByLabel('Password', { exact: true }).fill(NEW_PASSWORD);
  await grace.getByRole('button', { name: 'Sign in', exact: true }).click();
  // The timer was stopped, and what it had measured is there.
  await expect(timer(grace).getByLabel('Start the timer')).toBeVisible();
  await expect(grace.getByRole('listitem', { name: 'Running', exact: true })).toBeVisible();

  // Another administrator, after whom one may go.
  const own = accounts
    .getByRole('listitem')
    .filter({ hasText: 'ada@example.org' })
    .getByRole('button', { name: /^Actions for/ });
  await own.click();
  await expect(page.getByRole('menuitem', { name: 'Disable the account' })).toHaveCount(0);
  await page.getByRole('menuitem', { name: 'Remove as administrator' }).click();
  await page.getByRole('button', { name: 'Remove as administrator' }).click();
  await expect(page.getByText(/needs an administrator/)).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await menu.click();
  await page.getByRole('menuitem', { name: 'Make an administrator' }).click();
  await page.getByRole('button', { name: 'Make an administrator' }).click();
  await expect(page.getByText('Grace is an administrator')).toBeVisible();
  await expect(row.getByText('Administrator', { exact: true })).toBeVisible();
  await own.click();
  await page.getByRole('menuitem', { name: 'Remove as administrator' }).click();
  await page.getByRole('button', { name: 'Remove as administrator' }).click();
  await expect(
    page.getByText('Only administrators of this installation see its accounts and background jobs.'),
  ).toBeVisible();
  await expect(page.getByRole('link', { name: 'Administration' })).toHaveCount(0);
  await grace.goto(`${app.url}/administration`);
  await expect(grace.getByRole('list', { name: 'Accounts' }).getByRole('listitem')).toHaveCount(2);
  await context.close();
});

test('a workspace is deleted by its name, diagnostics name what is wrong, and the log has both', async ({
  page,
  app,
}) => {
  const look = checker(page);
  await setUp(page, app);
  await post(page.request, app.url, '/workspaces', { name: 'Old shop' });
  await page.goto(`${app.url}/administration`);
  const workspaces = page.getByRole('list', { name: 'Workspaces' });
  await expect(workspaces.getByRole('listitem')).toHaveCount(2);
  const row = workspaces.getByRole('listitem').filter({ hasText: 'Old shop' });
  await expect(row).toContainText('1 member');
  await expect(row).toContainText('owned by Ada');

  // Another name deletes nothing, and what was typed stays.
  await row.getByRole('button', { name: 'Delete the workspace Old shop' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete Old shop?' });
  const name = dialog.getByLabel('Type the name of the workspace');
  await name.fill('Old shot');
  await dialog.getByRole('button', { name: 'Delete the workspace' }).click();
  await expect(dialog).toBeVisible();
  await expect(name).toHaveValue('Old shot');
  await look('a workspace that is to be deleted');
  await app.picture(page, 'administration-delete-workspace');
  await name.fill('Old shop');
  await dialog.getByRole('button', { name: 'Delete the workspace' }).click();
  await expect(workspaces.getByRole('listitem')).toHaveCount(1);

  // Neither mail nor a public address is set on this server.
  const diagnostics = page.getByRole('region', { name: 'Diagnostics' });
  await expect(diagnostics.getByText(/^Mail is not set up/)).toBeVisible();
  await expect(diagnostics.getByText('127.0.0.1', { exact: true })).toBeVisible();
  await expect(diagnostics.getByRole('button', { name: 'Send a test message to me' })).toHaveCount(0);

  const log = page.getByRole('list', { name: 'Audit log of the installation' });
  await expect(log).toContainText('Installation set up');
  await page.getByLabel('What', { exact: true }).selectOption('Installation set up');
  await expect(log.getByRole('listitem')).toHaveCount(1);
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export as CSV' }).click();
  expect((await saved).suggestedFilename()).toBe('audit-log.csv');
  await look('administration of an installation');
  for (const width of [360, 768, 1366]) {
    await page.setViewportSize({ width, height: width === 360 ? 740 : 900 });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect.soft(overflow, `${width} px`).toBeLessThanOrEqual(0);
    await diagnostics.scrollIntoViewIfNeeded();
    await app.picture(page, `administration-diagnostics-${width}`);
  }
});
