import { expect, test } from './app';
import { add, entry, offered, start, timer, undo } from './steps';

test('from the first visit to a tracked, edited, split and deleted day', async ({ page, app }) => {
  await page.goto(app.url);
  await expect(page.getByRole('heading', { name: 'No time tracked yet' })).toBeVisible();
  await app.picture(page, '01-first-visit');

  // A project with a tree of categories.
  await page.getByRole('link', { name: 'Create a project' }).click();
  await expect(page.getByRole('heading', { name: 'No projects yet' })).toBeVisible();
  await app.picture(page, '02-no-projects');
  await page.getByRole('button', { name: 'New project' }).click();
  const projectDialog = page.getByRole('dialog', { name: 'New project' });
  await projectDialog.getByLabel('Name', { exact: true }).fill('Website');
  await projectDialog.getByRole('radio', { name: 'Violet' }).click();
  await projectDialog.getByLabel('Client').selectOption('New client…');
  await projectDialog.getByLabel('Name of the new client').fill('Acme');
  await app.picture(page, '03-new-project');
  await projectDialog.getByRole('button', { name: 'Create project' }).click();
  await expect(page.getByRole('heading', { name: 'Website' })).toBeVisible();
  await expect(page.getByText('Acme · Not billable by default')).toBeVisible();

  await page.getByRole('button', { name: 'New category' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('Design');
  await page.getByRole('button', { name: 'Create category' }).click();
  await page.getByLabel('Add a category inside Design').click();
  await page.getByRole('dialog').getByLabel('Name').fill('Logo');
  await page.getByRole('button', { name: 'Create category' }).click();
  await expect(entry(page, 'Logo')).toBeVisible();
  await page.getByRole('button', { name: 'New category' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('design');
  await page.getByRole('button', { name: 'Create category' }).click();
  await expect(page.getByRole('dialog').getByRole('alert')).toBeVisible();
  await app.picture(page, '04-duplicate-name');
  await page.getByRole('dialog').getByLabel('Name').fill('Development');
  await page.getByRole('button', { name: 'Create category' }).click();
  await expect(entry(page, 'Development')).toBeVisible();
  await page.getByLabel('More for Logo').click();
  await page.getByRole('menuitem', { name: 'Move to…' }).click();
  await page.getByRole('dialog').getByLabel('Move to').selectOption({ label: 'Top of Website' });
  await page.getByRole('button', { name: 'Move', exact: true }).click();
  await expect(page.getByText('Level 1: Logo')).toBeAttached();
  await app.picture(page, '05-tree');

  // Start, switch, stop.
  await page.getByRole('link', { name: 'Timer', exact: true }).click();
  await start(page, 'Sketches', 'logo', /Logo/);
  await expect(page).toHaveTitle(/^0:00:\d\d · Sketches · Timer$/);
  await timer(page)
    .getByLabel(/^Category: Website/)
    .click();
  await app.picture(page, '06-switch');
  await offered(page, /Development/).click();
  await expect(timer(page).getByLabel('Category: Website / Development')).toBeVisible();
  await expect(entry(page, 'Sketches').getByLabel('Start Sketches again')).toBeVisible();
  await timer(page).getByLabel('What are you working on?').fill('Checkout');
  await timer(page).getByLabel('What are you working on?').press('Enter');
  await expect(entry(page, 'Checkout')).toBeVisible();
  await timer(page).getByTitle('Elapsed time').click();
  await page.getByRole('button', { name: '30 minutes earlier' }).click();
  // The running entry may not reach into the one before it unnoticed: they overlap, and that is marked.
  await expect(timer(page).getByTitle('Elapsed time')).toHaveText(/^0:30:\d\d$/);
  await page.keyboard.press('Escape');
  await app.picture(page, '07-running');
  await timer(page).getByLabel('Stop the timer').click();
  await expect(timer(page).getByLabel('Start the timer')).toBeVisible();
  await expect(page).toHaveTitle('Timer · Clockwork');

  // By hand, edited where it stands.
  await add(page, 'Workshop', '9', '11.30', 'Development');
  await entry(page, 'Workshop').getByRole('button', { name: 'Times: 09:00 to 11:30' }).click();
  await page.getByLabel('Duration').fill('1h 45m');
  await page.getByLabel('Duration').press('Enter');
  await expect(entry(page, 'Workshop').getByRole('button', { name: 'Times: 09:00 to 10:45' })).toBeVisible();
  await app.picture(page, '08-edit-times');
  // With each digit of the year the browser tells of another day.
  await page.getByLabel('Date', { exact: true }).focus();
  await page.keyboard.type('03032026');
  await page.keyboard.press('Enter');
  await expect(
    page.getByRole('region', { name: /3 March/ }).getByRole('button', { name: 'Times: 09:00 to 10:45' }),
  ).toBeVisible();
  await page.keyboard.press('Escape');
  const description = entry(page, 'Workshop').getByRole('textbox', { name: 'Description' });
  await description.fill('Workshop with Acme');
  await description.press('Enter');
  await expect(entry(page, 'Workshop with Acme')).toBeVisible();

  // Duplicate, split.
  await page.getByLabel('More for Workshop with Acme').click();
  await page.getByRole('menuitem', { name: 'Duplicate' }).click();
  // Two that are alike are one line, until it is unfolded.
  await page.getByRole('button', { name: 'Show 2 entries of Workshop with Acme' }).click();
  await expect(entry(page, 'Workshop with Acme')).toHaveCount(2);
  await expect(page.getByRole('button', { name: 'Overlaps another entry by 1 h 45 min' })).toHaveCount(2);
  await app.picture(page, '08-folded');
  await page.getByLabel('More for Workshop with Acme').first().click();
  await page.getByRole('menuitem', { name: 'Split…' }).click();
  const split = page.getByRole('dialog', { name: 'Split entry' });
  await split.getByLabel('Split at').fill('10');
  await split.getByLabel('Split at').press('Tab');
  await app.picture(page, '09-split');
  await split.getByRole('button', { name: 'Split' }).click();
  await expect(entry(page, 'Workshop with Acme')).toHaveCount(3);
  await expect(page.getByRole('button', { name: 'Times: 10:00 to 10:45' })).toBeVisible();

  // Delete, undo.
  await entry(page, 'Sketches').getByLabel('More for Sketches').click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await expect(entry(page, 'Sketches')).toBeHidden();
  await app.picture(page, '10-deleted');
  await undo(page, /deleted/);
  await expect(entry(page, 'Sketches')).toBeVisible();

  // Everything selected: edited, then deleted.
  await page.getByRole('button', { name: 'Select', exact: true }).click();
  for (const box of await page.getByLabel('Select Workshop with Acme').all()) await box.click();
  const toolbar = page.getByRole('toolbar', { name: 'Selected entries' });
  await expect(toolbar).toContainText('3 selected');
  await toolbar.getByRole('button', { name: 'Edit' }).click();
  const bulk = page.getByRole('dialog', { name: 'Edit 3 entries' });
  await bulk.getByRole('button', { name: 'Add tags' }).or(bulk.getByLabel('Add tags')).first().click();
  await page.getByLabel('Search or create a tag').fill('On site');
  await offered(page, 'Create “On site”').click();
  await page.keyboard.press('Escape');
  await bulk.getByRole('radio', { name: 'Billable', exact: true }).click();
  await app.picture(page, '11-bulk-edit');
  await bulk.getByRole('button', { name: 'Change 3 entries' }).click();
  await expect(entry(page, 'Workshop with Acme').first().getByLabel('Tags: On site')).toBeVisible();
  await page.getByRole('button', { name: 'Select', exact: true }).click();
  for (const box of await page.getByLabel('Select Workshop with Acme').all()) await box.click();
  await toolbar.getByRole('button', { name: 'Delete' }).click();
  await expect(entry(page, 'Workshop with Acme')).toHaveCount(0);
  await undo(page, /deleted/);
  await expect(entry(page, 'Workshop with Acme')).toHaveCount(3);

  // What is chosen is in the address, and survives a reload.
  await page.getByLabel('Search entries').fill('workshop');
  await expect(page).toHaveURL(/q=workshop/);
  await expect(entry(page, 'Sketches')).toBeHidden();
  // What passes the filters, as the server sums it: twice 1:45, in three entries.
  await expect(page.getByRole('group', { name: 'Total of these filters' })).toHaveText(/3 entries.*3:30/);
  await page.reload();
  await page.getByRole('button', { name: 'Show 3 entries of Workshop with Acme' }).click();
  await expect(entry(page, 'Workshop with Acme')).toHaveCount(3);
  await expect(entry(page, 'Sketches')).toBeHidden();
  await app.picture(page, '12-filtered');

  // A phone has the field among the filters, until something is searched for.
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto(app.url);
  await expect(entry(page, 'Sketches').first()).toBeVisible();
  await expect(page.getByLabel('Search entries')).toBeHidden();
  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  const field = page.getByRole('dialog', { name: 'Filter' }).getByLabel('Search entries');
  await field.fill('workshop');
  await expect(page).toHaveURL(/q=workshop/);
  await expect(entry(page, 'Sketches')).toBeHidden();
  await app.picture(page, '12-search-phone');
});

test('two tabs do not overwrite each other', async ({ page, context, app }) => {
  await page.goto(app.url);
  await add(page, 'Shared', '9', '10', 'Site / Build');
  const other = await context.newPage();
  await other.goto(app.url);
  // The only entry: by its name it would be lost as soon as the other tab has renamed it.
  const field = (tab: typeof page) => tab.getByRole('listitem').getByRole('textbox', { name: 'Description' });
  await field(page).fill('From here');
  await field(other).fill('From there');
  await field(other).press('Enter');
  await expect(entry(other, 'From there')).toBeVisible();
  // The news arrives, and what is being typed stays.
  await expect(entry(page, 'From there')).toBeVisible();
  await expect(field(page)).toHaveValue('From here');
  await field(page).press('Enter');
  await expect(page.getByText('Not saved: the description was changed elsewhere').first()).toBeVisible();
  await expect(entry(page, 'From there')).toBeVisible();
  await app.picture(page, '13-conflict');
  await page.getByRole('button', { name: 'Save mine', includeHidden: true }).click();
  await expect(entry(other, 'From here')).toBeVisible();
});
