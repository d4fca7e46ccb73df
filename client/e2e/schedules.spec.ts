/** A saved report is sent by mail: tried, paused, sent when it is due, and stopped by the one who got it. */
import type { Page } from '@playwright/test';
import { expect, test as base } from './app';
import { checker } from './axe';
import { linkIn, openMailbox, type Letter, type Mailbox } from './mailbox';
import { EMAIL, setUp } from './people';
import { post } from './seed';

const GRACE = 'grace@example.org';
const ZONE = 'Europe/Berlin';
const SUBJECT = /^Website in March: 2026-03-01 – 2026-03-31$/;
/** Times are in minutes: the next one that is far enough away to be saved before it comes. */
const MARGIN_MS = 15_000;
const MINUTE_MS = 60_000;
/** Schedules are looked at twice a minute, and when the next one is due. */
const LOOKS_MS = 30_000;

const test = base.extend<{ mailbox: Mailbox }>({
  mailbox: async ({}, use) => {
    const mailbox = await openMailbox();
    await use(mailbox);
    await mailbox.close();
  },
  settings: async ({ address, mailbox }, use) => {
    await use({ PUBLIC_URL: address, ...mailbox.settings });
  },
});
test.use({ authMode: 'accounts', timezoneId: ZONE });

/** The time of day of the next minute, such as `08:00`. */
function nextMinute(): string {
  const format = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: ZONE });
  return format.format(Math.ceil((Date.now() + MARGIN_MS) / MINUTE_MS) * MINUTE_MS);
}

/** The file of a message: the end of its name, and how its content begins. */
function fileOf({ attachments }: Letter): { kind: string | undefined; start: string } {
  expect(attachments).toHaveLength(1);
  const [{ filename, content } = { filename: null, content: '' }] = attachments;
  const bytes = typeof content === 'string' ? Buffer.from(content) : Buffer.from(content as ArrayBuffer);
  return { kind: filename?.split('.').at(-1), start: bytes.subarray(0, 4).toString('latin1') };
}

/** Opens the schedules of the saved report. */
async function openSchedules(page: Page, url: string) {
  await page.goto(`${url}/reports`);
  await page.getByRole('button', { name: 'Saved reports' }).click();
  await page.getByRole('button', { name: 'Schedules of Website in March' }).click();
  return page.getByRole('dialog', { name: 'Schedules of Website in March' });
}

test('a report is tried, paused, sent when it is due, and stopped from its message', async ({
  page,
  browser,
  app,
  mailbox,
}) => {
  await setUp(page, app);
  const project = await post(page.request, app.url, '/projects', { name: 'Website' });
  const category = await post(page.request, app.url, `/projects/${project.id}/categories`, {
    name: 'Design',
    parentCategoryId: null,
  });
  await post(page.request, app.url, '/time/entries', {
    categoryId: category.id,
    startedAt: '2026-03-02T08:00:00Z',
    stoppedAt: '2026-03-02T10:00:00Z',
  });
  await post(page.request, app.url, '/saved-reports', {
    name: 'Website in March',
    query: 'from=2026-03-01&to=2026-03-31&by=project&by=category',
  });
  await post(page.request, app.url, '/invitations', { email: GRACE, role: 'viewer' });
  const invitation = linkIn(await mailbox.letter(GRACE, /invites you/), 'invitation');
  const context = await browser.newContext();
  await post(context.request, app.url, '/auth/sign-up', {
    token: invitation.split('#token=')[1],
    name: 'Grace',
    password: 'eight blue herons at dusk',
  });

  // Made for the morning, to both.
  const list = await openSchedules(page, app.url);
  await expect(list.getByText('No schedules yet.')).toBeVisible();
  await list.getByRole('button', { name: 'New schedule' }).click();
  const form = page.getByRole('dialog', { name: 'New schedule' });
  await form.getByLabel('Send', { exact: true }).selectOption('day');
  await expect(form.getByLabel('Time zone')).toHaveValue(ZONE);
  const grace = form.getByRole('checkbox', { name: 'Grace' });
  await expect(form.getByRole('checkbox', { name: 'Ada' })).toBeChecked();
  await grace.click();
  await expect(grace).toBeChecked();
  await checker(page)('new schedule');
  await app.picture(page, 'schedule-new');
  await form.getByRole('button', { name: 'Save' }).click();
  const row = list.getByRole('listitem');
  await expect(row).toContainText('Every day at 08:00');
  await expect(row).toContainText('to Ada, Grace');
  await expect(row).toContainText('next');

  // A trial comes to the one who tries, and to nobody else.
  await row.getByRole('button', { name: /^Send to me now/ }).click();
  await expect(page.getByText('The report is on its way to you')).toBeVisible();
  const trial = await mailbox.letter(EMAIL, SUBJECT);
  expect(fileOf(trial)).toEqual({ kind: 'pdf', start: '%PDF' });
  expect(
    mailbox.letters.filter(({ reader, subject }) => reader === GRACE && SUBJECT.test(subject ?? '')),
  ).toEqual([]);

  await row.getByRole('button', { name: /^Pause/ }).click();
  await expect(row).toContainText('Paused');
  await row.getByRole('button', { name: /^Resume/ }).click();
  await expect(row).not.toContainText('Paused');

  // Due in a minute, as another file.
  await row.getByRole('button', { name: /^Change the schedule/ }).click();
  const change = page.getByRole('dialog', { name: 'Change schedule' });
  await change.getByLabel('File').selectOption('xlsx');
  await change.getByLabel('Time', { exact: true }).fill(nextMinute());
  await change.getByRole('button', { name: 'Save' }).click();
  await expect(row).toContainText('Excel (XLSX)');
  await checker(page)('schedules');
  await app.picture(page, 'schedules');
  await expect
    .poll(() => mailbox.letters.filter(({ subject }) => SUBJECT.test(subject ?? '')).length, {
      timeout: MARGIN_MS + MINUTE_MS + LOOKS_MS,
    })
    .toBe(3);
  const [toAda, toGrace] = [await mailbox.letter(EMAIL, SUBJECT, 2), await mailbox.letter(GRACE, SUBJECT)];
  for (const letter of [toAda, toGrace]) {
    expect(fileOf(letter)).toEqual({ kind: 'xlsx', start: 'PK\u0003\u0004' });
    expect(letter.headers.find(({ key }) => key === 'list-unsubscribe-post')?.value).toBe(
      'List-Unsubscribe=One-Click',
    );
  }
  expect(toGrace.text).toContain('Ada has it sent to you on a schedule.');

  // Grace ends it for herself, from the message and without signing in; each link is the reader's own.
  const stop = linkIn(toGrace, 'stop-report');
  expect(linkIn(toAda, 'stop-report')).not.toBe(stop);
  const stranger = await browser.newContext();
  const reader = await stranger.newPage();
  await reader.goto(stop);
  await expect(reader.getByRole('heading', { name: 'Stop these reports?' })).toBeVisible();
  await checker(reader)('stop a report');
  await app.picture(reader, 'stop-report');
  await reader.getByRole('button', { name: 'Stop the messages' }).click();
  await expect(reader.getByRole('heading', { name: 'No more messages' })).toBeVisible();
  await reader.goto('about:blank');
  await reader.goto(stop);
  await reader.getByRole('button', { name: 'Stop the messages' }).click();
  await expect(reader.getByRole('heading', { name: "This link doesn't work" })).toBeVisible();
  await stranger.close();

  const again = await openSchedules(page, app.url);
  await expect(again.getByRole('listitem')).toContainText('to Ada');
  await expect(again.getByRole('listitem')).not.toContainText('Grace');
  await expect(again.getByRole('listitem')).toContainText('last');

  // The message leads to the report with its days, for the one who reads it.
  await page.goto('about:blank');
  await page.goto(linkIn(toAda, 'reports'));
  await expect(page.getByRole('region', { name: 'Totals' })).toContainText('2:00');
  expect(new URL(page.url()).searchParams.get('from')).toBe('2026-03-01');

  const last = await openSchedules(page, app.url);
  await last.getByRole('button', { name: /^Delete the schedule/ }).click();
  await page.getByRole('button', { name: 'Delete schedule', exact: true }).click();
  await expect(last.getByText('No schedules yet.')).toBeVisible();
  await context.close();
});
