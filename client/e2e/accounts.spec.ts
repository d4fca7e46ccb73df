/** From an empty database with accounts: set up, signed out and in again, with two steps, and ended from elsewhere. */
import type { Page } from '@playwright/test';
import { expect, test } from './app';
import { start, timer } from './steps';

test.use({ authMode: 'accounts' });

const EMAIL = 'ada@example.org';
const PASSWORD = 'seven grey herons at noon';

/** The token that the server shows in its log. */
async function setupToken(output: () => string): Promise<string> {
  let token = '';
  await expect(() => {
    // Colours stand between the name of a field and its value.
    // eslint-disable-next-line no-control-regex
    [, token = ''] = /token\W+([\w-]{20,})/.exec(output().replace(/\u001b\[[\d;]*m/g, '')) ?? [];
    expect(token).not.toBe('');
  }).toPass();
  return token;
}

async function setUp(page: Page, app: { url: string; output: () => string }): Promise<void> {
  await page.goto(app.url);
  await expect(page.getByRole('heading', { name: 'Set up Clockwork' })).toBeVisible();
  await page.getByLabel('Set-up token').fill(await setupToken(app.output));
  await page.getByLabel('Your name').fill('Ada');
  await page.getByLabel('E-mail address').fill(EMAIL);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Create the account' }).click();
  await expect(page.getByRole('heading', { name: 'No time tracked yet' })).toBeVisible();
}

async function signIn(page: Page, password = PASSWORD): Promise<void> {
  await page.getByLabel('E-mail address').fill(EMAIL);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Account of Ada' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
}

test('set up, the first second, out, a wrong password, and in again', async ({ page, app }) => {
  // Nothing of the application is drawn before somebody has signed in.
  await page.addInitScript(() => {
    new MutationObserver(() => {
      if (document.querySelector('[aria-label="Pages"]') && !document.cookie)
        Object.assign(window, { shell: true });
    }).observe(document, { childList: true, subtree: true });
  });
  await page.goto(app.url);
  await expect(page.getByRole('heading', { name: 'Set up Clockwork' })).toBeVisible();
  expect(await page.evaluate(() => 'shell' in window)).toBe(false);
  await app.picture(page, '90-set-up');
  await page.getByLabel('Set-up token').fill('not-the-token');
  await page.getByLabel('Your name').fill('Ada');
  await page.getByLabel('E-mail address').fill(EMAIL);
  await page.getByLabel('Password', { exact: true }).fill('password1234');
  await page.getByRole('button', { name: 'Create the account' }).click();
  await expect(page.getByRole('alert').first()).toBeVisible();
  await app.picture(page, '91-set-up-refused');
  await page.getByLabel('Set-up token').fill(await setupToken(app.output));
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Create the account' }).click();
  await expect(page.getByRole('heading', { name: 'No time tracked yet' })).toBeVisible();

  await start(page, 'The first second', 'Site / Build', /Site/);
  await app.picture(page, '92-first-second');

  // What another page would show of Ada is gone with the session.
  await timer(page).getByLabel('Stop the timer').click();
  await expect(timer(page).getByLabel('Start the timer')).toBeVisible();
  await timer(page).getByLabel('What are you working on?').fill('Nobody else reads this');
  await page.getByRole('link', { name: 'Projects', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Projects' })).toBeAttached();
  await signOut(page);
  await expect(page).toHaveURL(`${app.url}/sign-in`);
  expect(await page.evaluate(() => JSON.stringify({ ...sessionStorage }))).not.toContain('Nobody else');
  await page.goBack();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await expect(page.getByText('The first second')).toHaveCount(0);

  await page.goto(`${app.url}/projects?archived=true`);
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  expect(await page.evaluate(() => 'shell' in window)).toBe(false);
  await app.picture(page, '93-sign-in');
  await signIn(page, 'a wrong password');
  await expect(page.getByRole('alert')).toHaveText('The e-mail address or the password is wrong.');
  await expect(page.getByLabel('E-mail address')).toHaveValue(EMAIL);
  await app.picture(page, '94-wrong-password');
  await signIn(page);
  await expect(page).toHaveURL(`${app.url}/projects?archived=true`);
  await expect(page.getByRole('heading', { level: 1, name: 'Projects' })).toBeAttached();
});

test('a session that is ended elsewhere leads to the sign-in page, and back to the place', async ({
  page,
  browser,
  app,
}) => {
  await setUp(page, app);
  await start(page, 'Sketches', 'Site / Build', /Site/);
  await timer(page).getByLabel('Stop the timer').click();
  await page.getByRole('link', { name: 'Projects', exact: true }).click();
  await page.getByRole('link', { name: 'Site', exact: true }).click();
  await timer(page).getByLabel('What are you working on?').fill('A draft of Ada');
  const place = page.url();

  const other = await browser.newContext();
  const elsewhere = await other.newPage();
  await elsewhere.goto(`${app.url}/sign-in`);
  await signIn(elsewhere);
  await expect(timer(elsewhere)).toBeVisible();
  const ended = await elsewhere.request.post(`${app.url}/api/auth/sessions/end-others`);
  expect(ended.status()).toBe(204);

  // Without a click: the stream of live updates ends with the session.
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await expect(page.getByText('Your session has ended.')).toBeVisible();
  await expect(page.getByText('A draft of Ada')).toHaveCount(0);
  await app.picture(page, '95-session-ended');
  await signIn(page);
  await expect(page).toHaveURL(place);
  await expect(timer(page).getByLabel('What are you working on?')).toHaveValue('A draft of Ada');
  await other.close();
});
