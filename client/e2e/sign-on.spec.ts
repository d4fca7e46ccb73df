/** Users who come by single sign-on and by links in mail, with a provider and a mail server that are not ours. */
import type { Page } from '@playwright/test';
import { expect, test as base } from './app';
import { checker } from './axe';
import { linkIn, openMailbox, type Mailbox } from './mailbox';
import { EMAIL, PASSWORD, setUp } from './people';
import { startSignOn, type SignOn } from './provider';
import { start, timer } from './steps';

const PEOPLE = {
  'employee-7': { name: 'Grace', email: 'grace@example.org' },
  'employee-8': { name: 'Mallory', email: EMAIL, verified: false },
};
const NEW_PASSWORD = 'nine white herons at dawn';

const test = base.extend<{ signOn: SignOn; mailbox: Mailbox }>({
  signOn: async ({ address }, use) => {
    const signOn = await startSignOn(address, PEOPLE);
    await use(signOn);
    await signOn.close();
    expect(signOn.failures).toEqual([]);
  },
  mailbox: async ({}, use) => {
    const mailbox = await openMailbox();
    await use(mailbox);
    await mailbox.close();
  },
  settings: async ({ signOn, mailbox }, use) => {
    await use({ ...signOn.settings, ...mailbox.settings });
  },
});
test.use({ authMode: 'accounts', actionTimeout: 20_000 });

async function toProvider(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Continue with Corporate login' }).click();
  await expect(page.getByRole('heading', { name: 'Corporate login' })).toBeVisible();
}

async function signOut(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: `Account of ${name}` }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
}

test.describe('a provider of single sign-on', () => {
  test('an invited user signs in, tracks a first second, and signs out at both', async ({
    page,
    browser,
    app,
    signOn,
    mailbox,
  }) => {
    const context = await browser.newContext();
    const owner = await context.newPage();
    await setUp(owner, app);

    // Neither invited nor welcome without.
    await page.goto(`${app.url}/sign-in`);
    await toProvider(page);
    await page.getByRole('button', { name: 'Grace' }).click();
    await expect(page.getByRole('alert')).toHaveText(
      'You have no account here. Ask an administrator for an invitation.',
    );
    await page.context().clearCookies();

    await owner.goto(`${app.url}/members`);
    await owner.getByLabel('E-mail address').fill('grace@example.org');
    await owner.getByLabel('Role', { exact: true }).selectOption('manager');
    await owner.getByRole('button', { name: 'Invite', exact: true }).click();
    const invitation = await mailbox.letter('grace@example.org', /^Ada invites you to My workspace$/);
    await page.goto(linkIn(invitation, 'invitation'));
    await expect(page.getByText(/Ada invites you to My workspace/)).toBeVisible();

    // The user thinks better of it at the provider.
    await page.goto(`${app.url}/reports`);
    await toProvider(page);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect(page).toHaveURL(`${app.url}/sign-in?error=sign_on_denied`);
    await expect(page.getByRole('alert')).toHaveText(
      'The provider did not sign you in, or you cancelled. Try again, or sign in another way.',
    );
    await checker(page)('refused by the provider');
    await app.picture(page, 'sign-on-denied');

    // With an address of Ada's that nobody has verified there, nobody becomes Ada.
    await toProvider(page);
    await page.getByRole('button', { name: 'Mallory' }).click();
    await expect(page).toHaveURL(`${app.url}/sign-in?error=sign_on_not_linked`);
    await expect(page.getByRole('alert')).toBeVisible();
    await page.context().clearCookies();

    await page.goto(`${app.url}/projects?archived=true`);
    await toProvider(page);
    await page.getByRole('button', { name: 'Grace' }).click();
    await expect(page).toHaveURL(`${app.url}/projects?archived=true`);
    await expect(page.getByRole('heading', { level: 1, name: 'Projects' })).toBeAttached();
    await page.goto(app.url);
    await start(page, 'Signed in elsewhere', 'Site / Build', /Site/);
    const active = await page.request.get(`${app.url}/api/time/active`);
    const { startedAt } = (await active.json()) as { startedAt: string };
    await expect.poll(() => Date.now() - Date.parse(startedAt)).toBeGreaterThanOrEqual(1_000);
    await timer(page).getByLabel('Stop the timer').click();
    await expect(page.getByRole('listitem', { name: 'Signed in elsewhere', exact: true })).toBeVisible();
    await app.picture(page, 'sign-on-first-second');

    // Out at both: the next visit has to say again who it is.
    await signOut(page, 'Grace');
    await expect(page.getByRole('heading', { name: 'Sign out of Corporate login?' })).toBeVisible();
    expect((await page.request.get(`${app.url}/api/me`)).status()).toBe(401);
    await page.getByRole('button', { name: 'Sign out there too' }).click();
    await expect(page).toHaveURL(`${app.url}/sign-in`);
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
    await toProvider(page);
    await page.getByRole('button', { name: 'Grace' }).click();
    await expect(timer(page)).toBeVisible();

    // Out at the provider alone, in another tab: its message ends the session here, without a click.
    const before = signOn.endings();
    const elsewhere = await page.context().newPage();
    await elsewhere.goto(`${signOn.issuer}/session/end`);
    await elsewhere.getByRole('button', { name: 'Sign out there too' }).click();
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
    await expect(page.getByText('Your session has ended.')).toBeVisible();
    expect(signOn.endings()).toBe(before + 1);

    await context.close();
  });
});

test.describe('a mail server', () => {
  test('a link for a forgotten password arrives encrypted, and works once', async ({
    page,
    browser,
    app,
    mailbox,
  }) => {
    const context = await browser.newContext();
    const signedIn = await context.newPage();
    await setUp(signedIn, app);
    await page.goto(`${app.url}/sign-in`);
    await page.getByRole('link', { name: 'Forgot your password?' }).click();
    // The page of signing in has a field of the same name.
    await expect(page.getByRole('heading', { name: 'Forgot your password?' })).toBeVisible();
    await page.getByLabel('E-mail address').fill(EMAIL);
    await page.getByRole('button', { name: 'Send the link' }).click();
    await expect(page.getByRole('heading', { name: 'Look at your mail' })).toBeVisible();
    const letter = await mailbox.letter(EMAIL, /^Choose a new password$/);
    expect(letter.tls).toMatch(/^TLSv1\.[23]$/);
    expect(letter.user).toBe('clockwork');
    expect(letter.from).toEqual({ name: 'Clockwork', address: 'clockwork@example.org' });
    expect(letter.to).toEqual([{ name: '', address: EMAIL }]);
    const link = linkIn(letter, 'reset');
    expect(link.startsWith(`${app.url}/reset#token=`)).toBe(true);
    // Both parts lead to the same place.
    expect(letter.html).toContain(link);

    await page.goto(link);
    await page.getByLabel('New password').fill(NEW_PASSWORD);
    await page.getByRole('button', { name: 'Set the password' }).click();
    await expect(page.getByRole('heading', { name: 'Password changed' })).toBeVisible();
    await mailbox.letter(EMAIL, /^Your password was changed$/);
    // Every session of before has ended.
    await expect(signedIn.getByRole('heading', { name: 'Sign in' })).toBeVisible();
    await page.getByRole('link', { name: 'Sign in' }).click();
    await page.getByLabel('E-mail address').fill(EMAIL);
    const password = page.getByLabel('Password', { exact: true });
    const submit = page.getByRole('button', { name: 'Sign in', exact: true });
    await password.fill(PASSWORD);
    await submit.click();
    await expect(page.getByRole('alert')).toHaveText('The e-mail address or the password is wrong.');
    await password.fill(NEW_PASSWORD);
    await submit.click();
    await expect(timer(page)).toBeVisible();

    const again = await context.newPage();
    await again.goto(link);
    await again.getByLabel('New password').fill(PASSWORD);
    await again.getByRole('button', { name: 'Set the password' }).click();
    await expect(again.getByRole('heading', { name: "This link doesn't work" })).toBeVisible();
    await context.close();
  });
});
