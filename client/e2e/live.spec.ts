import { expect, test } from './app';
import { add, entry, start, timer } from './steps';

test('what one device does the other shows, without a click and without disturbing who types', async ({
  page,
  browser,
  app,
}) => {
  await page.goto(app.url);
  await add(page, 'Shared', '9', '10', 'Site / Build');
  const phone = await browser.newContext({ viewport: { width: 390, height: 800 } });
  const other = await phone.newPage();
  await other.goto(app.url);
  await expect(timer(other).getByLabel('Start the timer')).toBeVisible();

  // The user types here while another page starts and stops the timer.
  const description = entry(page, 'Shared').getByRole('textbox', { name: 'Description' });
  await description.fill('Half a sent');
  await start(other, 'From the phone', 'build', /Build/);
  await expect(timer(page).getByLabel('Stop the timer')).toBeVisible();
  await expect(timer(page).getByLabel('What are you working on?')).toHaveValue('From the phone');
  await expect(entry(page, 'From the phone')).toBeVisible();
  await expect(description).toHaveValue('Half a sent');
  await expect(description).toBeFocused();
  await app.picture(page, '80-live');
  await description.pressSequentially('ence');
  await description.press('Enter');
  await expect(other.getByRole('button', { name: 'Edit Half a sentence' })).toBeVisible();

  await timer(page).getByLabel('Stop the timer').click();
  await expect(timer(other).getByLabel('Start the timer')).toBeVisible();
  await other.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Projects' }).click();
  await page.getByRole('link', { name: 'Projects', exact: true }).click();
  await page.getByRole('button', { name: 'New project' }).click();
  await page.getByRole('dialog', { name: 'New project' }).getByLabel('Name', { exact: true }).fill('Fresh');
  await page.getByRole('button', { name: 'Create project' }).click();
  await expect(other.getByRole('link', { name: 'Fresh', exact: true })).toBeVisible();

  // Away for a while: what happened meanwhile is there when it is back.
  await phone.setOffline(true);
  await page.getByRole('link', { name: 'Timer', exact: true }).click();
  await start(page, 'While the phone was away', 'build', /Build/);
  await phone.setOffline(false);
  await other.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Timer' }).click();
  await expect(timer(other).getByLabel('What are you working on?')).toHaveValue('While the phone was away');
  await phone.close();
});
