/** The ten most frequent tasks by keyboard alone, and how many keys each takes besides what is typed. */
import type { Page } from '@playwright/test';
import { expect, test } from './app';
import { seed } from './seed';
import { timer } from './steps';

/** Presses keys and counts them; what is typed is not counted. */
class Keyboard {
  private pressed = 0;

  constructor(private readonly page: Page) {}

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) {
      await this.page.keyboard.press(key);
      this.pressed += 1;
    }
  }

  type(text: string): Promise<void> {
    return this.page.keyboard.type(text);
  }

  /** The keys since the last time. */
  count(): number {
    const { pressed } = this;
    this.pressed = 0;
    return pressed;
  }
}

interface Listed {
  description: string;
  startedAt: string;
  stoppedAt: string | null;
}

test('the ten most frequent tasks without a pointer', async ({ page, app }) => {
  await seed(page.request, app.url, { days: 3, perDay: 6 });
  await page.goto(app.url);
  const keyboard = new Keyboard(page);
  const counted: [string, number, number][] = [];
  const done = (task: string, most: number) => counted.push([task, keyboard.count(), most]);
  const newest = async (): Promise<Listed> => {
    const answer = await page.request.get(`${app.url}/api/time/entries?limit=1`);
    const [entry] = (await answer.json()) as Listed[];
    if (!entry) throw new Error('no entry');
    return entry;
  };
  const isRunning = (name: 'Start the timer' | 'Stop the timer') =>
    expect(timer(page).getByLabel(name)).toBeVisible();
  await isRunning('Start the timer');
  await expect(page.getByRole('listitem').first()).toBeVisible();

  await keyboard.press('n');
  await keyboard.type('Paint the fence @till');
  await expect(page.getByRole('option', { name: /Shop.*Till/ })).toBeVisible();
  await keyboard.press('Enter');
  await expect(timer(page).getByLabel('Category: Shop / Till')).toBeVisible();
  await keyboard.press('Enter');
  await isRunning('Stop the timer');
  expect((await newest()).description).toBe('Paint the fence');
  done('start something new in a known category', 4);

  await keyboard.press('s');
  await isRunning('Start the timer');
  done('stop', 1);

  await keyboard.press('c');
  await isRunning('Stop the timer');
  await expect(timer(page).getByLabel('What are you working on?')).toHaveValue('Paint the fence');
  done('continue the last entry', 1);

  await keyboard.press('Control+k');
  await expect(page.getByRole('combobox', { name: /Search actions/ })).toBeFocused();
  await keyboard.type('administration');
  await expect(page.getByRole('option', { name: /Start: Internal/ })).toBeVisible();
  await keyboard.press('Enter');
  await expect(timer(page).getByLabel('Category: Internal / Administration')).toBeVisible();
  done('switch to another category', 4);

  // The timer shows the switch before the list does.
  await expect(page.getByRole('listitem', { name: 'Administration' })).toBeVisible();
  await keyboard.press('j', 'e');
  const began = page.getByRole('dialog', { name: 'Times' }).getByLabel('Start');
  await expect(began).toBeVisible();
  const before = (await newest()).startedAt;
  await page.getByRole('dialog', { name: 'Times' }).getByLabel('Start').focus();
  await keyboard.type(
    new Date(Date.now() - 900_000).toLocaleTimeString('en-GB', { timeZone: 'Europe/Berlin' }).slice(0, 5),
  );
  await keyboard.press('Enter');
  await expect.poll(async () => (await newest()).startedAt < before).toBe(true);
  done('“I began 15 minutes ago”', 3);
  await keyboard.press('Escape');
  await expect(page.getByRole('dialog', { name: 'Times' })).toBeHidden();
  keyboard.count();

  await keyboard.press('a');
  const editor = page.getByRole('dialog', { name: 'Add entry' });
  await expect(editor.getByLabel('Description')).toBeFocused();
  // All of it in one line: what it means is said before it is taken.
  await keyboard.type('3-3.10 On the phone @meetings');
  await expect(editor.getByRole('status')).toContainText('03:00 – 03:10 · UX Review Website / Meetings');
  await keyboard.press('Enter');
  await expect(editor.getByLabel('Description')).toHaveValue('On the phone');
  await expect(editor.getByLabel('End')).toHaveValue('03:10');
  await keyboard.press('Enter');
  await expect(editor).toBeHidden();
  await expect(page.getByRole('listitem', { name: 'On the phone' })).toBeVisible();
  done('add a past entry', 4);

  await page.getByRole('listitem', { name: 'On the phone' }).focus();
  await keyboard.press('e');
  await expect(page.getByRole('dialog', { name: 'Times' }).getByLabel('Start')).toBeFocused();
  // A complete time is saved without another key.
  await keyboard.type('3-3:30');
  await expect(page.getByRole('button', { name: 'Times: 03:00 to 03:30' })).toBeVisible();
  done('correct a time', 1);
  await keyboard.press('Escape');
  await expect(page.getByRole('dialog', { name: 'Times' })).toBeHidden();
  keyboard.count();

  await page.getByRole('listitem', { name: 'On the phone' }).focus();
  await keyboard.press('Delete');
  await expect(page.getByRole('listitem', { name: 'On the phone' })).toBeHidden();
  // The next key goes to the entry beside it.
  await expect(page.getByRole('listitem').and(page.locator(':focus'))).toBeVisible();
  done('delete one', 1);
  // F6 leads to the message with its way back.
  await page.keyboard.press('F6');
  const undo = page
    .locator('[data-toast]')
    .filter({ hasText: 'deleted' })
    .getByRole('button', { name: 'Undo' });
  await expect(async () => {
    await page.keyboard.press('Tab');
    await expect(undo).toBeFocused({ timeout: 200 });
  }).toPass({ timeout: 8_000 });
  await page.keyboard.press('Enter');
  await expect(page.getByRole('listitem', { name: 'On the phone' })).toBeVisible();

  const yesterday = page
    .getByRole('region', { name: 'Yesterday' })
    .getByRole('listitem', { name: 'Stand-up' });
  await yesterday.focus();
  await keyboard.press('y');
  await expect(
    page.getByRole('region', { name: 'Today' }).getByRole('listitem', { name: 'Stand-up' }),
  ).toBeVisible();
  done('the same meeting as yesterday', 1);

  await keyboard.press('/');
  await expect(page.getByLabel('Search entries')).toBeFocused();
  await keyboard.type('Stand-up');
  await expect(page.getByRole('listitem', { name: 'Sketches' })).toHaveCount(0);
  done('find all entries of a kind', 3);

  console.log(counted.map(([task, keys, most]) => `${task}: ${keys} of ${most}`).join('\n'));
  for (const [task, keys, most] of counted) expect.soft(keys, task).toBeLessThanOrEqual(most);
});

test('single keys can be switched off, and every page says where one is', async ({ page, app }) => {
  await page.goto(app.url);
  await expect(page).toHaveTitle('Timer · Clockwork');
  await page.keyboard.press('g');
  await page.keyboard.press('p');
  await expect(page.getByRole('heading', { level: 1, name: 'Projects' })).toBeFocused();
  await expect(page).toHaveTitle('Projects · Clockwork');
  await page.keyboard.press('g');
  await page.keyboard.press('s');
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeFocused();
  await page.getByRole('switch', { name: 'Shortcuts of a single key' }).focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('g');
  await page.keyboard.press('t');
  await expect(page).toHaveTitle('Settings · Clockwork');
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog', { name: 'Search and commands' })).toBeVisible();
});

test('in German, with the formats of the person', async ({ page, app }) => {
  await seed(page.request, app.url, { days: 2, perDay: 3 });
  await page.goto(`${app.url}/settings`);
  await page.getByLabel('Durations').selectOption('1.76 h');
  await page.getByLabel('Language').selectOption('Deutsch');
  await expect(page.getByRole('heading', { level: 1, name: 'Einstellungen' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await app.picture(page, 'a1-settings-german');
  await page.reload();
  await page.getByRole('link', { name: 'Timer', exact: true }).click();
  await expect(page.getByRole('region', { name: 'Gestern' })).toContainText('7,20 Std.');
  await app.picture(page, 'a1-list-german');
  await page.setViewportSize({ width: 360, height: 740 });
  await app.picture(page, 'a1-list-german-phone');
});
