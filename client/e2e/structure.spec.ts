/** Projects and their categories: many at once, moved, put in order, deleted; and how much all of it is used. */
import type { Page } from '@playwright/test';
import { expect, test } from './app';
import { seed } from './seed';

async function openProject(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/projects`);
  await page.getByRole('link', { name: 'UX Review Website', exact: true }).click();
  await expect(page.getByRole('list', { name: 'Categories' })).toBeVisible();
}

/** The tree as it is shown, with the level of each. */
function tree(page: Page): Promise<string[]> {
  return page
    .getByRole('list', { name: 'Categories' })
    .getByText(/^Level \d+: /)
    .allTextContents();
}

test('a tree of categories grows, is put in order by keys and by pointer, and goes with what is below', async ({
  page,
  app,
}) => {
  await seed(page.request, app.url, { days: 3, perDay: 4 });
  await openProject(page, app.url);

  await page.getByRole('button', { name: 'New category' }).click();
  const dialog = page.getByRole('dialog', { name: 'New category' });
  await dialog.getByRole('button', { name: 'Add several' }).click();
  await dialog.getByLabel('Names, one per line').fill('Build\nMeetings\nTest');
  await dialog.getByRole('button', { name: 'Create 3 categories' }).click();
  // What is refused is said, and nothing is made before all of it can be.
  await expect(dialog.getByRole('alert')).toContainText('“Meetings”: There is already a category');
  await expect(dialog.getByLabel('Names, one per line')).toHaveValue('Build\nMeetings\nTest');
  await app.picture(page, 'b0-several');
  expect(await tree(page)).not.toContain('Level 1: Build');
  await dialog.getByLabel('Names, one per line').fill('Build\nTest');
  await dialog.getByRole('button', { name: 'Create 2 categories' }).click();
  await expect(dialog).toBeHidden();
  const before = [
    'Level 1: Build',
    'Level 1: Design',
    'Level 2: Logo',
    'Level 3: Sketches',
    'Level 1: Meetings',
    'Level 1: Test',
  ];
  await expect.poll(() => tree(page)).toEqual(before);
  await app.picture(page, 'b1-tree');

  const row = (name: string) => page.getByRole('listitem', { name, exact: true });
  await row('Test').focus();
  await page.keyboard.press('Alt+ArrowUp');
  await page.keyboard.press('Alt+ArrowRight');
  const moved = [
    'Level 1: Build',
    'Level 1: Design',
    'Level 2: Logo',
    'Level 3: Sketches',
    'Level 2: Test',
    'Level 1: Meetings',
  ];
  await expect.poll(() => tree(page)).toEqual(moved);
  await expect(row('Test')).toBeFocused();

  // By pointer: Meetings to the top of the list.
  const from = await row('Meetings').getByTitle('Drag Meetings').boundingBox();
  const to = await row('Build').boundingBox();
  if (!from || !to) throw new Error('no boxes');
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(to.x + 200, to.y + 2, { steps: 5 });
  await app.picture(page, 'b2-dragging');
  await page.mouse.up();
  const sorted = [
    'Level 1: Meetings',
    'Level 1: Build',
    'Level 1: Design',
    'Level 2: Logo',
    'Level 3: Sketches',
    'Level 2: Test',
  ];
  await expect.poll(() => tree(page)).toEqual(sorted);
  await page.reload();
  await expect.poll(() => tree(page)).toEqual(sorted);

  await row('Design').focus();
  await page.keyboard.press('ArrowLeft');
  await expect(row('Logo')).toBeHidden();
  await page.keyboard.press('ArrowRight');
  await expect(row('Logo')).toBeVisible();

  // With time below it nothing goes; without, all of it at once.
  await page.keyboard.press('Delete');
  const question = page.getByRole('alertdialog', { name: 'Delete Design?' });
  await question.getByRole('checkbox', { name: 'Also delete the 3 categories below it' }).check();
  await question.getByRole('button', { name: 'Delete category' }).click();
  await expect(question.getByRole('alert')).toContainText('This category has time entries');
  await question.getByRole('button', { name: 'Cancel' }).click();
  await row('Build').focus();
  await page.keyboard.press('Delete');
  await page.getByRole('button', { name: 'Delete category' }).click();
  await expect(row('Build')).toBeHidden();
});

test('projects, clients and tags tell how much they are used, and lead to their entries', async ({
  page,
  app,
}) => {
  await seed(page.request, app.url, { days: 2, perDay: 5 });
  await page.goto(`${app.url}/projects`);
  const link = page.getByRole('link', { name: /entries of yours in Shop/ });
  await expect(link).toHaveText(/yesterday/);
  await app.picture(page, 'b3-projects');
  await link.click();
  await expect(page).toHaveURL(/project=/);
  await expect(page.getByRole('group', { name: 'Total of these filters' })).toContainText('2 entries');

  await page.goto(`${app.url}/clients`);
  await expect(page.getByRole('link', { name: '10 entries of yours in Acme Ltd' })).toBeVisible();
  await app.picture(page, 'b4-clients');
  await page.goto(`${app.url}/tags`);
  await page.getByRole('link', { name: /entries of yours in Memo/ }).click();
  await expect(page).toHaveURL(/tag=/);

  await openProject(page, app.url);
  await page
    .getByRole('navigation', { name: 'Parts of the project' })
    .getByRole('link', { name: 'Entries' })
    .click();
  await expect(page.locator('[aria-label="Parts of the project"] [aria-current="page"]')).toHaveText([
    'Entries',
  ]);
  await expect(page.getByRole('list', { name: 'Entries' }).getByRole('listitem').first()).toBeVisible();
  await app.picture(page, 'b5-project-entries');
  await page
    .getByRole('navigation', { name: 'Parts of the project' })
    .getByRole('link', { name: 'Settings' })
    .click();
  await page.getByLabel('Name', { exact: true }).fill('UX Review');
  await app.picture(page, 'b6-project-settings');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'UX Review' })).toBeVisible();
});

test('what was tracked across midnight is in both days, and gaps can be filled', async ({ page, app }) => {
  await seed(page.request, app.url, { days: 1, perDay: 1 });
  const categories = (await (await page.request.get(`${app.url}/api/categories`)).json()) as { id: string }[];
  const track = (startedAt: string, stoppedAt: string, description: string) =>
    page.request.post(`${app.url}/api/time/entries`, {
      data: { categoryId: categories[0]?.id, startedAt, stoppedAt, description },
    });
  // Friday 17:00 to Monday 9:00 in Berlin: a timer that was forgotten over the weekend.
  await track('2026-10-02T15:00:00Z', '2026-10-05T07:00:00Z', 'Forgotten');
  await track('2026-10-05T08:00:00Z', '2026-10-05T08:30:40Z', 'Mail');
  await track('2026-10-05T08:30:40Z', '2026-10-05T09:01:20Z', 'Review');
  await page.goto(`${app.url}/?week=2026-10-05&from=2026-10-05&to=2026-10-11`);
  const monday = page.getByRole('region', { name: /5 October/ });
  // 9:00, 0:30:40 and 0:30:40 are 10:01:20: what is printed adds up to 10:01.
  await expect(monday).toContainText(/10:01/);
  await expect(monday).toContainText(/Forgotten, continued from/);
  await expect(page.getByRole('group', { name: 'Total of these filters' })).toHaveText(/3 entries.*10:01/);
  await expect(page.getByRole('region', { name: 'Week' })).toContainText('10:01');
  const minutes = await monday
    .getByRole('listitem', { name: /Mail|Review/ })
    .getByTitle(/^0:30:40$/)
    .allTextContents();
  expect(minutes.sort()).toEqual(['0:30', '0:31']);
  await app.picture(page, 'b7-midnight');

  await page.goto(`${app.url}/?week=2026-10-05`);
  const gap = page.getByRole('button', { name: 'Add an entry from 09:00 to 10:00' });
  await expect(gap).toBeVisible();
  await gap.click();
  const dialog = page.getByRole('dialog', { name: 'Add entry' });
  await expect(dialog.getByLabel('Start')).toHaveValue('09:00');
  await expect(dialog.getByLabel('End')).toHaveValue('10:00');
  await app.picture(page, 'b8-gap');
});
