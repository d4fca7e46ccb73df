/** Journeys with accounts begin with a first user. */
import type { Page } from '@playwright/test';
import { expect } from './app';

export const EMAIL = 'ada@example.org';
export const PASSWORD = 'seven grey herons at noon';

/** The token that the server shows in its log. */
export async function setupToken(output: () => string): Promise<string> {
  let token = '';
  await expect(() => {
    // Colours stand between the name of a field and its value, which may begin with a hyphen.
    // eslint-disable-next-line no-control-regex
    [, token = ''] = /token[=:"\s]+([\w-]{20,})/.exec(output().replace(/\u001b\[[\d;]*m/g, '')) ?? [];
    expect(token).not.toBe('');
  }).toPass();
  return token;
}

/** The first user, Ada, who owns the first workspace. */
export async function setUp(page: Page, app: { url: string; output: () => string }): Promise<void> {
  await page.goto(app.url);
  await expect(page.getByRole('heading', { name: 'Set up Clockwork' })).toBeVisible();
  await page.getByLabel('Set-up token').fill(await setupToken(app.output));
  await page.getByLabel('Your name').fill('Ada');
  await page.getByLabel('E-mail address').fill(EMAIL);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Create the account' }).click();
  await expect(page.getByRole('heading', { name: 'No time tracked yet' })).toBeVisible();
}
