/** The same application by keyboard, on a phone, at night and without a connection. */
import type { Locator } from '@playwright/test';
import { expect, test } from './app';
import { add, entry, start, timer } from './steps';

test('by keyboard alone', async ({ page, app }) => {
  await page.goto(app.url);
  await expect(timer(page).getByLabel('Start the timer')).toBeVisible();

  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await app.picture(page, '30-help');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();

  await page.keyboard.press('n');
  await page.keyboard.type('Writing');
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Search or create a category')).toBeFocused();
  await page.keyboard.type('Book / Chapter 1');
  await expect(page.getByRole('listbox').getByRole('option')).toHaveCount(1);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(timer(page).getByLabel('Stop the timer')).toBeVisible();
  await expect(entry(page, 'Writing')).toBeVisible();

  await page.keyboard.press('Escape');
  await timer(page).getByLabel('Stop the timer').focus();
  await page.keyboard.press('s');
  await expect(timer(page).getByLabel('Start the timer')).toBeVisible();

  await page.goto(`${app.url}/projects`);
  await expect(page.getByRole('link', { name: 'Book', exact: true })).toBeVisible();
  await page.keyboard.press('/');
  await expect(page.getByLabel('Search entries')).toBeFocused();
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

  test('tracks and edits', async ({ page, app }) => {
    await page.goto(app.url);
    await start(page, 'On the train', 'Travel / Train', /Travel/);
    await expect(page.getByRole('button', { name: 'Edit On the train' })).toBeVisible();
    await timer(page).getByLabel('Stop the timer').click();
    await page.getByRole('button', { name: 'Edit On the train' }).click();
    const dialog = page.getByRole('dialog', { name: 'Edit entry' });
    await dialog.getByLabel('Description').fill('On the night train');
    await app.picture(page, '40-phone-edit');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('button', { name: 'Edit On the night train' })).toBeVisible();
    await app.picture(page, '41-phone');

    for (const name of ['Projects', 'Settings', 'Timer']) {
      await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name }).click();
      await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overflow, `${name} is wider than the screen`).toBeLessThanOrEqual(0);
      await app.picture(page, `42-phone-${name.toLowerCase()}`);
    }
  });
});

test('at night, and with a theme of one’s own', async ({ page, app }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.goto(app.url);
  await add(page, 'Late shift', '20', '23.30', 'Shop that sells everything in the world / Till');
  await expect(page.locator('html')).toHaveClass(/dark/);
  await app.picture(page, '50-dark');
  // Of a project with a long name the category is seen too.
  const category = entry(page, 'Late shift').getByLabel(/^Category: /);
  const right = async (part: Locator) => {
    const box = await part.boundingBox();
    return box ? box.x + box.width : Infinity;
  };
  expect(await right(category.getByText('· Till'))).toBeLessThanOrEqual(await right(category));
  // On a tablet too there is room for what was done.
  for (const width of [768, 1024]) {
    await page.setViewportSize({ width, height: 900 });
    for (const field of [
      timer(page).getByLabel('What are you working on?'),
      entry(page, 'Late shift').getByRole('textbox', { name: 'Description' }),
    ])
      await expect.poll(async () => (await field.boundingBox())?.width ?? 0).toBeGreaterThan(150);
    await app.picture(page, `50-tablet-${width}`);
  }
  await page.goto(`${app.url}/settings`);
  // It is kept by the server, for all devices of the person.
  const saved = page.waitForResponse((response) => response.request().method() === 'PATCH');
  await page.getByRole('radio', { name: 'Light' }).click();
  await expect(page.locator('html')).not.toHaveClass(/dark/);
  expect((await saved).ok()).toBe(true);
  await page.evaluate(() => localStorage.clear());
  await page.reload();
  await expect(page.locator('html')).not.toHaveClass(/dark/);
  await app.picture(page, '51-settings');
});

test('without a connection: says so, keeps what is changed, also when the page is closed, and sends it afterwards', async ({
  page,
  context,
  app,
}) => {
  await page.goto(app.url);
  await add(page, 'Before', '9', '10', 'Site / Build');
  await context.setOffline(true);
  await expect(page.getByText("You're offline.")).toBeVisible();
  await entry(page, 'Before').getByLabel('Start Before again').click();
  await expect(timer(page).getByLabel('Stop the timer')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Today' }).getByText('Running')).toBeAttached();
  await app.picture(page, '60-offline');
  await timer(page).getByLabel('Stop the timer').click();
  await expect(page.getByText("2 changes will be sent when you're back online")).toBeVisible();
  await page.close();

  await context.setOffline(false);
  const next = await context.newPage();
  await next.goto(app.url);
  await expect(next.getByText('2 offline changes were sent').first()).toBeVisible();
  const answer = await next.request.get(`${app.url}/api/time/entries`);
  const [newest, ...others] = (await answer.json()) as { description: string; durationSeconds: number }[];
  expect(others).toHaveLength(1);
  expect(newest?.description).toBe('Before');
});

test('a server that does not answer: says so and offers another attempt', async ({ page, app }) => {
  await page.route('**/api/time/entries**', (route) => route.abort());
  await page.goto(app.url);
  await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible({ timeout: 20_000 });
  await app.picture(page, '70-error');
  await page.unroute('**/api/time/entries**');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('heading', { name: 'No time tracked yet' })).toBeVisible();
});
