/** What a machine can tell about accessibility: WCAG 2.2 A and AA, as far as axe checks it, by day and by night. */
import { expect, test } from './app';
import { checker } from './axe';
import { seed } from './seed';
import { add, offered, start, timer } from './steps';

test('nothing that axe finds fault with, by day and by night', async ({ page, app }) => {
  const check = checker(page);
  const visit = async (link: string) => {
    await page.getByRole('link', { name: link, exact: true }).click();
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  };

  await page.goto(app.url);
  await expect(page.getByRole('heading', { name: 'No time tracked yet' })).toBeVisible();
  await check('the first visit');
  await add(page, 'Workshop', '9', '11.30', 'Website / Design');
  await start(page, 'Sketches', 'design', /Design/);
  await check('entries and a timer');
  await page.getByRole('button', { name: 'Select', exact: true }).click();
  await page.getByLabel('Select Workshop').click();
  await check('a selection');
  await page.getByRole('button', { name: 'Clear the selection' }).click();
  await page.getByLabel('More for Workshop').click();
  await expect(page.getByRole('menuitem', { name: 'Edit…' })).toBeVisible();
  await check('a menu');
  await page.getByRole('menuitem', { name: 'Edit…' }).click();
  await page.getByRole('dialog').getByLabel('Start').fill('late');
  await page.getByRole('dialog').getByLabel('End').focus();
  await check('the editor with a mistake');
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await timer(page)
    .getByLabel(/^Category: Website/)
    .click();
  await expect(offered(page)).toBeVisible();
  await check('the category picker');
  await page.keyboard.press('Escape');
  await visit('Projects');
  await check('projects');
  await page.getByRole('link', { name: 'Website', exact: true }).click();
  await page.getByRole('button', { name: 'New category' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await check('a project and a dialog');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  for (const path of ['clients', 'tags', 'import', 'settings', 'nowhere']) {
    await page.goto(`${app.url}/${path}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeAttached();
    await check(path);
  }
});

// Words decide about names, themes about colours: each language is looked at with all rules in a theme of its own.
for (const [language, theme] of [
  ['en', 'light'],
  ['de', 'dark'],
] as const) {
  test(`nothing that axe finds fault with in what opens by keys, ${language}, ${theme}`, async ({
    page,
    app,
  }) => {
    const check = checker(page, [theme]);
    await seed(page.request, app.url, { days: 2, perDay: 4 });
    const chosen = await page.request.patch(`${app.url}/api/me`, { data: { settings: { language } } });
    expect(chosen.ok()).toBe(true);
    const open = async (path: string) => {
      await page.goto(`${app.url}${path}`);
      await expect(page.locator('html')).toHaveAttribute('lang', language);
      await expect(page.getByRole('heading', { level: 1 })).toBeAttached();
    };
    /** Presses a key that opens something, looks at it, and closes it. */
    const look = async (key: string, role: 'dialog' | 'alertdialog' | 'listbox', what: string) => {
      await page.keyboard.press(key);
      await expect(page.getByRole(role).last()).toBeVisible();
      await check(what);
      await page.keyboard.press('Escape');
      await expect(page.getByRole(role)).toBeHidden();
    };
    await open('/');
    const row = page.locator('[data-entry]').first();
    await expect(row).toBeVisible();
    await check('the list');
    await row.focus();
    await look('Enter', 'dialog', 'the editor');
    await row.focus();
    await look('e', 'dialog', 'the times');
    await row.focus();
    await look('p', 'listbox', 'the category picker');
    await look('a', 'dialog', 'a new entry');
    await look('?', 'dialog', 'the help');
    await look('Control+k', 'dialog', 'the palette');
    await page.goto(`${app.url}/?billable=true`);
    await expect(page.locator('[data-entry]').first()).toBeVisible();
    await check('a filter with its total');

    await open('/projects');
    await expect(page.locator('main li').first()).toBeVisible();
    await check('projects');
    await page.getByRole('link', { name: 'UX Review Website', exact: true }).click();
    const category = page.locator('[data-row]').first();
    await expect(category).toBeVisible();
    await check('a project');
    await category.focus();
    await look('Enter', 'dialog', 'a category');
    await category.focus();
    await look('Delete', 'alertdialog', 'the deletion of a category');
    const { pathname } = new URL(page.url());
    for (const tab of ['entries', 'settings']) {
      await open(`${pathname}?tab=${tab}`);
      await expect(
        page
          .locator('main')
          .getByRole(tab === 'entries' ? 'listitem' : 'textbox')
          .first(),
      ).toBeVisible();
      await check(`the ${tab} of a project`);
    }
    for (const path of [
      '/reports?range=last-month&compare=year',
      '/reports?by=["tag","day"]',
      '/reports?range=year',
    ]) {
      await open(path);
      await check(path);
    }
    const [from, to] = [-4, 0].map((days) =>
      new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10),
    );
    const days = `from=${from}&to=${to}`;
    await open(`/reports?${days}&compare=previous`);
    await expect(page.getByRole('table')).toBeVisible();
    await page.getByRole('table').getByRole('button').first().click();
    await check('a report');
    await page.getByRole('search').getByRole('combobox').first().click();
    await expect(page.getByRole('listbox')).toBeVisible();
    await check('a filter of a report');
    await open(`/reports?${days}&view=detailed&round=up`);
    await page.getByRole('search').getByRole('button').last().click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await check('the rounding of a report');
    await open(`/reports?${days}&view=detailed`);
    await expect(page.locator('[data-entry]').first()).toBeVisible();
    await check('the entries of a report');
    const [saved, exported] =
      language === 'en' ? ['Saved reports', 'Export'] : ['Gespeicherte Berichte', 'Exportieren'];
    await page.getByRole('button', { name: exported, exact: true }).click();
    await expect(page.getByRole('menu')).toBeVisible();
    await check('the files of a report');
    await page.getByRole('menuitem').first().click();
    await expect(page.getByRole('dialog').getByRole('combobox').first()).toBeVisible();
    await check('a report on paper');
    await page.keyboard.press('Escape');
    const made = await page.request.post(`${app.url}/api/saved-reports`, {
      data: { name: 'March', query: 'range=month', shared: true },
    });
    expect(made.ok()).toBe(true);
    await page.getByRole('button', { name: saved, exact: true }).click();
    const list = page.getByRole('dialog', { name: saved });
    await expect(list.getByRole('listitem')).toBeVisible();
    await check('saved reports');
    await list.getByRole('button').first().click();
    await expect(page.getByRole('dialog').getByRole('paragraph').last()).toBeVisible();
    await check('the links of a saved report');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: saved, exact: true }).click();
    await list.getByRole('button').nth(1).click();
    await page.getByRole('dialog').getByRole('button').nth(1).click();
    await expect(page.getByRole('checkbox').last()).toBeVisible();
    await check('a schedule of a saved report');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: saved, exact: true }).click();
    await list.getByRole('button').nth(2).click();
    await expect(page.getByRole('textbox').last()).toBeVisible();
    await check('a saved report');
    await page.keyboard.press('Escape');
    for (const path of ['/clients', '/tags', '/import', '/settings', '/nowhere']) {
      await open(path);
      await check(path);
    }
  });
}
