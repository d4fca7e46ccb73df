/** The server ends the session while a form is open: what was typed is there again after signing in, and for nobody else. */
import type { Page } from '@playwright/test';
import { expect, test } from './app';
import { EMAIL, PASSWORD, setUp } from './people';
import { post } from './seed';
import { offered } from './steps';

test.use({ authMode: 'accounts' });

const GRACE = { email: 'grace@example.org', password: 'eight blue herons at dusk' };

async function signIn(page: Page, email: string, password: string): Promise<void> {
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** Ends the session on the server; the page hears of it as its stream of live updates ends. */
async function endSession(page: Page, url: string): Promise<void> {
  const ended = await page.request.post(`${url}/api/auth/sign-out`);
  expect(ended.ok()).toBe(true);
}

test('a form survives the end of its session', async ({ page, context, browser, app }) => {
  await setUp(page, app);
  const project = await post(page.request, app.url, '/projects', { name: 'Website' });
  await post(page.request, app.url, `/projects/${project.id}/categories`, {
    name: 'Design',
    parentCategoryId: null,
  });
  const { link } = (await post(page.request, app.url, '/invitations', {
    email: GRACE.email,
    role: 'manager',
  })) as unknown as { link: string };
  const other = await browser.newContext();
  await post(other.request, app.url, '/auth/sign-up', {
    token: link.split('#token=')[1],
    name: 'Grace',
    password: GRACE.password,
  });
  await other.close();

  // The dialog of an entry: refused for the session, there again, and saved.
  await page.goto(app.url);
  await page.getByRole('button', { name: /^(Add entry|Add time manually)$/ }).click();
  const entry = page.getByRole('dialog', { name: 'Add entry' });
  await entry.getByLabel('Description').fill('Two sentences that took a while.');
  await entry.getByLabel('Pick a category').click();
  await page.getByLabel('Search or create a category').fill('Design');
  await offered(page).click();
  await endSession(page, app.url);
  await signIn(page, EMAIL, PASSWORD);
  await expect(entry.getByLabel('Description')).toHaveValue('Two sentences that took a while.');
  await app.picture(page, 'c0-form-after-sign-in');
  await entry.getByRole('button', { name: 'Add entry' }).click();
  await expect(entry).toBeHidden();
  await expect(
    page.getByRole('listitem', { name: 'Two sentences that took a while.', exact: true }),
  ).toBeVisible();

  // What was being sent is sent once more by itself, and its dialog does not come again.
  await page.getByRole('button', { name: 'Add entry' }).click();
  await entry.getByLabel('Description').fill('On its way');
  await entry.getByLabel('Pick a category').click();
  await offered(page).click();
  await context.clearCookies();
  await entry.getByRole('button', { name: 'Add entry' }).click();
  await signIn(page, EMAIL, PASSWORD);
  await expect(page.getByRole('listitem', { name: 'On its way', exact: true })).toHaveCount(1);
  await expect(entry).toBeHidden();

  // A dialog of another page, with a project that has changed meanwhile.
  await page.goto(`${app.url}/projects`);
  await page.getByLabel('More for Website').click();
  await page.getByRole('menuitem', { name: 'Edit…' }).click();
  const form = page.getByRole('dialog', { name: 'Edit project' });
  await form.getByLabel('Description').fill('What it is about');
  await context.clearCookies();
  await form.getByRole('button', { name: 'Save' }).click();
  await signIn(page, EMAIL, PASSWORD);
  await expect(form.getByLabel('Description')).toHaveValue('What it is about');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form).toBeHidden();

  // Somebody else signs in at the same browser: nothing of it is shown, then or later.
  await page.getByRole('button', { name: 'New project' }).click();
  const made = page.getByRole('dialog', { name: 'New project' });
  await made.getByLabel('Name').fill('Secret of Ada');
  await context.clearCookies();
  await made.getByRole('button', { name: 'Create project' }).click();
  await signIn(page, GRACE.email, GRACE.password);
  await expect(page.getByRole('link', { name: 'Website', exact: true })).toBeVisible();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.getByRole('button', { name: 'New project' }).click();
  await expect(made.getByLabel('Name')).toHaveValue('');
  expect(await page.evaluate(() => JSON.stringify({ ...sessionStorage }))).not.toContain('Secret of Ada');
});
