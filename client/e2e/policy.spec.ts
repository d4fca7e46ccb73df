/** The Content-Security-Policy that the server sends: what it stops, and what works all the same. */
import { expect, test } from './app';

test('an injected script does not run', async ({ page, app, complaints }) => {
  await page.goto(app.url);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.evaluate(() => {
    document.body.insertAdjacentHTML('beforeend', '<img src="/nothing.png" onerror="window.planted = true">');
    document.body.insertAdjacentHTML('beforeend', '<iframe src="https://elsewhere.example"></iframe>');
  });
  await expect.poll(() => complaints.length).toBeGreaterThanOrEqual(2);
  expect(await page.evaluate(() => 'planted' in window)).toBe(false);
  complaints.length = 0;
});

test('the page cannot be shown within another one', async ({ page, app, complaints }) => {
  // Not even by a page of its own origin: browsers stop others for other reasons as well.
  const around = `${app.url}/around.html`;
  await page.route(around, (route) =>
    route.fulfill({ contentType: 'text/html', body: `<iframe src="${app.url}/"></iframe>` }),
  );
  await page.goto(around);
  await expect.poll(() => complaints.join()).toContain('frame-ancestors');
  await expect(page.frameLocator('iframe').locator('#root')).toHaveCount(0);
  complaints.length = 0;
});

test('the description of the API works under a policy of its own', async ({ page, app }) => {
  await page.goto(`${app.url}/api/docs`);
  await page
    .getByRole('button', { name: /GET.*\/api\/me\b/ })
    .first()
    .click();
  await page.getByRole('button', { name: 'Execute' }).first().click();
  await expect(page.locator('.live-responses-table tbody .response-col_status').first()).toContainText('200');
  await app.picture(page, '80-api-docs');
});
