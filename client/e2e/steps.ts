/** What several journeys do. */
import { expect, type Locator, type Page } from '@playwright/test';

export function timer(page: Page): Locator {
  return page.getByRole('region', { name: 'Timer' });
}

export function entry(page: Page, name: string): Locator {
  return page.getByRole('listitem', { name, exact: true });
}

/** What a picker offers; the options of ordinary selects are none of it. */
export function offered(page: Page, name?: string | RegExp): Locator {
  return page
    .getByRole('listbox')
    .getByRole('option', name === undefined ? {} : { name })
    .first();
}

/** Starts a timer in a category that is found or made by what is typed. */
export async function start(
  page: Page,
  description: string,
  category: string,
  option: string | RegExp,
): Promise<void> {
  await timer(page).getByLabel('What are you working on?').fill(description);
  await timer(page).getByLabel('Start the timer').click();
  await page.getByLabel('Search or create a category').fill(category);
  await offered(page, option).click();
  await expect(timer(page).getByLabel('Stop the timer')).toBeVisible();
}

/** Adds a finished entry by hand. */
export async function add(
  page: Page,
  description: string,
  from: string,
  to: string,
  category: string,
): Promise<void> {
  // On the first visit there is only the invitation.
  await page.getByRole('button', { name: /^(Add entry|Add time manually)$/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Add entry' });
  await dialog.getByLabel('Description').fill(description);
  await dialog.getByLabel('Pick a category').click();
  await page.getByLabel('Search or create a category').fill(category);
  await offered(page).click();
  // One that is new is there when the server has made it.
  await expect(dialog.getByLabel(/^Category: /)).toBeVisible();
  await dialog.getByLabel('Date').fill('2026-03-02');
  await dialog.getByLabel('Start').fill(from);
  await dialog.getByLabel('End').fill(to);
  await dialog.getByRole('button', { name: 'Add entry' }).click();
  await expect(dialog).toBeHidden();
  await expect(entry(page, description)).toBeVisible();
}

/** Takes back what a message tells of. */
export async function undo(page: Page, message: RegExp): Promise<void> {
  await page
    .locator('[data-toast]')
    .filter({ hasText: message })
    .first()
    .getByRole('button', { name: 'Undo' })
    .click();
}
