/** From an empty database with accounts: set up, signed out and in again, with two steps, and ended from elsewhere. */
import { createHmac } from 'node:crypto';
import type { Page } from '@playwright/test';
import { expect, test } from './app';
import { checker } from './axe';
import { EMAIL, PASSWORD, setUp, setupToken } from './people';
import { start, timer } from './steps';

test.use({ authMode: 'accounts' });

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
  // Nothing of the application is drawn before a user has signed in.
  await page.addInitScript(() => {
    new MutationObserver(() => {
      if (document.querySelector('[aria-label="Pages"]')) Object.assign(window, { shell: true });
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

/** The code of an authenticator app (RFC 6238); `steps` of 30 seconds from now. */
function totp(secret: string, steps = 0): string {
  const digits = [...secret].map((digit) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(digit));
  const bits = digits.map((digit) => digit.toString(2).padStart(5, '0')).join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const digest = createHmac('sha1', key).update(counter).digest();
  const offset = (digest.at(-1) ?? 0) & 0xf;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

test('two steps, sessions and tokens; every page at every width, by day and by night', async ({
  page,
  browser,
  app,
}) => {
  const check = checker(page);
  /** Looks at the page, and keeps pictures of it at every width and in both themes. */
  const look = async (name: string) => {
    await check(name);
    for (const width of [360, 768, 1366]) {
      await page.setViewportSize({ width, height: width === 360 ? 740 : 900 });
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect.soft(overflow, `${name}, ${width} px`).toBeLessThanOrEqual(0);
        await app.picture(page, `96-${name}-${width}-${colorScheme}`);
      }
    }
    await page.setViewportSize({ width: 1280, height: 860 });
  };

  await page.goto(app.url);
  await expect(page.getByRole('heading', { name: 'Set up Clockwork' })).toBeVisible();
  await look('set-up');
  await setUp(page, app);

  await page.getByRole('button', { name: 'Account of Ada' }).click();
  await page.getByRole('menuitem', { name: 'Account and security' }).click();
  await expect(page.getByText('You have no tokens.')).toBeVisible();
  await look('account');

  // The second factor, with the secret as it is typed into an app.
  await page.getByRole('button', { name: 'Turn on' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('img', { name: /QR code/ })).toBeVisible();
  const secret = (await dialog.locator('p.font-mono').innerText()).replace(/\s/g, '');
  await dialog.getByLabel('Code of your authenticator app').fill('000000');
  await dialog.getByRole('button', { name: 'Turn on' }).click();
  await expect(dialog.getByRole('alert')).toBeVisible();
  await look('turn-on');
  await dialog.getByLabel('Code of your authenticator app').fill(totp(secret));
  await dialog.getByRole('button', { name: 'Turn on' }).click();
  await expect(page.getByRole('heading', { name: 'Your recovery codes' })).toBeVisible();
  const codes = await dialog.getByRole('listitem').allInnerTexts();
  expect(codes).toHaveLength(10);
  await look('recovery-codes');
  // They are not lost by a slip.
  await dialog.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('button', { name: 'Back to the codes' }).click();
  const downloading = page.waitForEvent('download');
  await dialog.getByRole('link', { name: 'Download' }).click();
  expect((await downloading).suggestedFilename()).toBe('clockwork-recovery-codes.txt');
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByText('10 recovery codes are left.')).toBeVisible();

  // With a code of the app, and then with a recovery code.
  await signOut(page);
  await look('sign-in');
  await signIn(page);
  await expect(page.getByRole('heading', { name: 'Two-step sign-in' })).toBeVisible();
  await page.getByLabel('Code of your authenticator app').fill('000000');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('alert')).toHaveText('This code is wrong, or was used before.');
  await look('code');
  await page.getByLabel('Code of your authenticator app').fill(totp(secret, 1));
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(timer(page)).toBeVisible();

  const other = await browser.newContext();
  const elsewhere = await other.newPage();
  await elsewhere.goto(`${app.url}/sign-in`);
  await signIn(elsewhere);
  await elsewhere.getByRole('button', { name: 'Use a recovery code' }).click();
  await elsewhere.getByLabel('Recovery code').fill(codes[0] ?? '');
  await elsewhere.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(timer(elsewhere)).toBeVisible();

  await page.goto(`${app.url}/account`);
  await expect(page.getByText('9 recovery codes are left.')).toBeVisible();
  await page.getByRole('button', { name: /^End the session of Chrome/ }).click();
  await expect(page.getByText('Session ended')).toBeVisible();
  await expect(page.getByRole('button', { name: /^End the session/ })).toHaveCount(0);
  await expect(elsewhere.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await other.close();

  // A token, of which a program has use, and then none.
  await page.getByRole('button', { name: 'New token' }).click();
  await dialog.getByLabel('Name').fill('Nightly report');
  await dialog.getByLabel('What it may do').selectOption('read');
  await look('new-token');
  await dialog.getByRole('button', { name: 'Create the token' }).click();
  const token = await dialog.getByLabel('Secret of the token').innerText();
  expect(token).toMatch(/^cwk_/);
  await look('token-secret');
  const ask = (method: string) =>
    fetch(`${app.url}/api/tags`, {
      method,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      ...(method === 'POST' ? { body: '{"name":"By a program"}' } : {}),
    }).then(({ status }) => status);
  expect(await ask('GET')).toBe(200);
  expect(await ask('POST')).toBe(403);
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByText(/Read · ends/)).toBeVisible();
  await page.getByRole('button', { name: 'Delete the token Nightly report' }).click();
  await page.getByRole('button', { name: 'Delete the token', exact: true }).click();
  await expect(page.getByText('You have no tokens.')).toBeVisible();
  expect(await ask('GET')).toBe(401);

  await page.getByRole('link', { name: 'Members', exact: true }).click();
  await expect(page.getByText(EMAIL)).toBeVisible();
  await page.getByText('What each role may do').click();
  await look('members');
  // The last owner stays one.
  await page.getByRole('button', { name: 'Role of Ada: Owner' }).click();
  await page.getByRole('menuitem', { name: 'Member', exact: true }).click();
  const question = page.getByRole('alertdialog');
  await question.getByRole('button', { name: 'Change my role' }).click();
  await expect(question.getByText('The workspace needs an owner.')).toBeVisible();
  await question.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('button', { name: 'Role of Ada: Owner' })).toBeVisible();

  // Another workspace, of which nothing is seen in this one.
  const made = await page.request.post(`${app.url}/api/workspaces`, { data: { name: 'Side project' } });
  expect(made.status()).toBe(201);
  await page.goto(app.url);
  await start(page, 'In the first', 'Site / Build', /Site/);
  await timer(page).getByLabel('Stop the timer').click();
  await expect(page.getByRole('listitem', { name: 'In the first', exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Account of Ada' }).click();
  await app.picture(page, '97-user-menu');
  await page.getByRole('menuitem', { name: 'Side project' }).click();
  await expect(page.getByRole('heading', { name: 'No time tracked yet' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('heading', { name: 'No time tracked yet' })).toBeVisible();
  await start(page, 'In the second', 'Till / Scan', /Till/);
  await expect(page.getByRole('listitem', { name: 'In the second', exact: true })).toBeVisible();

  for (const path of ['forgot', 'reset', 'reset#token=abc', 'confirm-address', 'confirm-address#token=abc']) {
    // A link that is opened leaves the page before.
    await page.goto('about:blank');
    await page.goto(`${app.url}/${path}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    expect(page.url()).not.toContain('#token');
    await look(path.replace('#token=', '-'));
  }
});

test('an invited person signs up by the link and tracks a first second', async ({ page, browser, app }) => {
  await setUp(page, app);
  await page.goto(`${app.url}/members`);
  await page.getByLabel('E-mail address').fill('grace@example.org');
  await page.getByLabel('Role', { exact: true }).selectOption('manager');
  await checker(page)('invite');
  await page.getByRole('button', { name: 'Invite', exact: true }).click();
  // No mail is set up: the owner passes the link on.
  const link = await page.getByLabel('Link of the invitation').innerText();
  await app.picture(page, '98-invitation-link');
  await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click();
  await page.getByLabel('E-mail address').fill('typo@example.org');
  await page.getByRole('button', { name: 'Invite', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click();
  const open = page.getByRole('list', { name: 'Open invitations' });
  await expect(open.getByRole('listitem')).toHaveCount(2);
  await app.picture(page, '98-invitations');
  await page.setViewportSize({ width: 360, height: 740 });
  await app.picture(page, '98-invitations-360');
  await page.setViewportSize({ width: 1280, height: 860 });
  await page.getByLabel('E-mail address').fill('GRACE@example.org');
  await page.getByRole('button', { name: 'Invite', exact: true }).click();
  await expect(page.getByText('This address is invited already.')).toBeVisible();
  await page.getByRole('button', { name: 'Take back the invitation of typo@example.org' }).click();
  await page.getByRole('button', { name: 'Take back', exact: true }).last().click();
  await expect(open.getByRole('listitem')).toHaveCount(1);

  const other = await browser.newContext();
  const grace = await other.newPage();
  await grace.goto(link.replace(/^.*(?=\/invitation#)/, app.url));
  await expect(grace.getByText('Ada invites you to My workspace. Your role: Manager.')).toBeVisible();
  expect(grace.url()).not.toContain('token');
  await checker(grace)('invitation');
  await app.picture(grace, '98-invitation');
  await grace.emulateMedia({ colorScheme: 'dark' });
  await grace.setViewportSize({ width: 360, height: 740 });
  await app.picture(grace, '98-invitation-360-dark');
  await grace.emulateMedia({ colorScheme: 'light' });
  await grace.setViewportSize({ width: 1280, height: 860 });
  await grace.getByLabel('Your name').fill('Grace');
  await grace.getByLabel('Password', { exact: true }).fill('grace@example.org');
  await grace.getByRole('button', { name: 'Create the account and join' }).click();
  await expect(grace.getByLabel('Password', { exact: true })).toHaveAttribute('aria-invalid', 'true');
  await app.picture(grace, '98-invitation-refused');
  await grace.getByLabel('Password', { exact: true }).fill('eight blue herons at dusk');
  await grace.getByRole('button', { name: 'Create the account and join' }).click();
  await expect(grace.getByRole('heading', { name: 'No time tracked yet' })).toBeVisible();
  await start(grace, 'The second member', 'Site / Build', /Site/);
  await expect(timer(grace).getByLabel('Stop the timer')).toBeVisible();
  const active = await grace.request.get(`${app.url}/api/time/active`);
  const { startedAt } = (await active.json()) as { startedAt: string };
  await expect.poll(() => Date.now() - Date.parse(startedAt)).toBeGreaterThanOrEqual(1_000);
  await timer(grace).getByLabel('Stop the timer').click();
  await expect(grace.getByRole('listitem', { name: 'The second member', exact: true })).toBeVisible();
  await app.picture(grace, '98-second-member');
  const [entry] = (await (await grace.request.get(`${app.url}/api/time/entries`)).json()) as {
    durationSeconds: number;
  }[];
  expect(entry?.durationSeconds).toBeGreaterThanOrEqual(1);

  // The owner sees the new member; the link opens nothing for others, and the workspace for its user.
  await page.reload();
  await expect(page.getByText(/grace@example\.org/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Role of Grace: Manager' })).toBeVisible();
  await expect(open).toHaveCount(0);
  await grace.goto('about:blank');
  await grace.goto(link.replace(/^.*(?=\/invitation#)/, app.url));
  await expect(timer(grace)).toBeVisible();
  await page.goto('about:blank');
  await page.goto(link.replace(/^.*(?=\/invitation#)/, app.url));
  await expect(page.getByRole('heading', { name: "This invitation doesn't work" })).toBeVisible();
  await app.picture(page, '98-invitation-used');

  // An invitation to another workspace, for the account that is there: signed out, in again, and one click.
  const made = await page.request.post(`${app.url}/api/workspaces`, { data: { name: 'Side project' } });
  const { id } = (await made.json()) as { id: string };
  const sent = await page.request.post(`${app.url}/api/workspaces/${id}/invitations`, {
    data: { email: 'grace@example.org', role: 'viewer' },
  });
  const second = ((await sent.json()) as { link: string }).link.replace(/^.*(?=\/invitation#)/, app.url);
  await page.goto('about:blank');
  await page.goto(second);
  await expect(page.getByText(/You are signed in as ada@example\.org/)).toBeVisible();
  await checker(page)('invitation of another user');
  await app.picture(page, '98-invitation-of-another');
  const third = await browser.newContext();
  const again = await third.newPage();
  await again.goto(second);
  await expect(again.getByText(/There is an account with grace@example\.org/)).toBeVisible();
  await checker(again)('invitation with an account');
  await app.picture(again, '98-invitation-with-account');
  await again.getByRole('link', { name: 'Sign in' }).click();
  await again.getByLabel('E-mail address').fill('grace@example.org');
  await again.getByLabel('Password', { exact: true }).fill('eight blue herons at dusk');
  await again.getByRole('button', { name: 'Sign in', exact: true }).click();
  await again.getByRole('button', { name: 'Join the workspace' }).click();
  // A viewer has neither a timer nor anything else to change with.
  await expect(again.getByRole('heading', { name: 'You track no time here' })).toBeVisible();
  await expect(again).toHaveURL(`${app.url}/`);
  await expect(timer(again)).toHaveCount(0);
  await expect(again).toHaveTitle('Timer · Clockwork');
  await checker(again)('first page of a viewer');
  await app.picture(again, '99-viewer');
  await again.getByRole('link', { name: 'Projects', exact: true }).click();
  await expect(again.getByText('A manager of the workspace can create projects.')).toBeVisible();
  await expect(again).toHaveTitle('Projects · Clockwork');
  await expect(again.getByRole('button', { name: 'New project' })).toHaveCount(0);
  await again.getByRole('button', { name: 'Account of Grace' }).click();
  await expect(again.getByRole('menuitem', { name: 'Side project (current)' })).toBeVisible();
  await third.close();
  await other.close();
});
