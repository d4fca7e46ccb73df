/** Published beside other sites: BASE_PATH. */
import { expect, test } from './app';
import { add, entry, start, timer } from './steps';

test.use({ basePath: '/tools/clockwork' });

test('below a path everything is as it is elsewhere: pages, links, live updates and the description of the API', async ({
  page,
  context,
  app,
}) => {
  // What asks for something outside of the path asks another site.
  const strays: string[] = [];
  context.on('request', (request) => {
    if (!request.url().startsWith(app.url)) strays.push(request.url());
  });

  await page.goto(app.url);
  await add(page, 'Below', '9', '10', 'Site / Build');
  await page.getByRole('link', { name: 'Projects', exact: true }).click();
  await expect(page).toHaveURL(`${app.url}/projects`);
  await page.getByRole('link', { name: 'Site', exact: true }).click();
  await expect(page).toHaveURL(/\/tools\/clockwork\/projects\/[0-9a-f-]{36}$/);
  await page.reload();
  await expect(page.getByRole('heading', { level: 1, name: 'Site' })).toBeVisible();

  // Another tab hears of it through the worker that both share.
  const other = await context.newPage();
  await other.goto(app.url);
  await expect(entry(other, 'Below')).toBeVisible();
  await page.getByRole('link', { name: 'Timer', exact: true }).click();
  await start(page, 'In one tab', 'build', /Build/);
  await expect(timer(other).getByLabel('What are you working on?')).toHaveValue('In one tab');

  await page.goto(`${app.url}/api/docs`);
  await expect(page).toHaveURL(`${app.url}/api/docs/index.html`);
  await page
    .getByRole('button', { name: /GET.*\/api\/me\b/ })
    .first()
    .click();
  await page.getByRole('button', { name: 'Execute' }).first().click();
  await expect(page.locator('.live-responses-table tbody .response-col_status').first()).toContainText('200');
  expect(strays).toEqual([]);
});
