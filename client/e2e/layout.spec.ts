/**
 * The layout of the pages at four widths, by day and by night: nothing is wider than the screen, no control
 * covers another, no text is cut, and the parts of a page stand where the table `layout.json` says. Boxes are
 * compared and not pixels, so that another machine finds the same. `UPDATE_LAYOUT=1` writes the table anew.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { expect, test } from './app';
import { setUp } from './people';
import { post, seed } from './seed';

// A trace keeps a copy of the page for each look, and doubles the time. What fails is said in figures.
test.use({ authMode: 'accounts', trace: 'off' });

const TABLE = fileURLToPath(new URL('layout.json', import.meta.url));
const WIDTHS = [360, 768, 1024, 1366];
const HEIGHT = 800;
/**
 * In px. The font and the height of its lines come with the page. What differs between browsers is how they
 * round parts of px, and the size of native fields; the smallest step between margins is 4 px.
 */
const TOLERANCE = 3;

/** Of a part: its left edge, how far below the beginning of the part before it it begins, and its width, in px. */
type Box = [left: number, below: number, width: number];
type Boxes = Record<string, Box>;

interface Layout {
  /** How much wider the page is than the screen, or what is in a dialog than the dialog, in px. */
  overflow: number;
  /** Pairs of controls of which one covers a part of the other. */
  overlaps: string[];
  /** Texts that end outside of their control, or of what shows them. */
  cut: string[];
  boxes: Boxes;
}

/** What the page shows when it has come to rest. */
function measure(page: Page): Promise<Layout> {
  return page.evaluate(async () => {
    /** An element and all around it. */
    const ancestors = (element: Element): Element[] => [
      element,
      ...(element.parentElement ? ancestors(element.parentElement) : []),
    ];
    const isShown = (element: Element) => {
      const { width, height } = element.getBoundingClientRect();
      if (width === 0 || height === 0 || !element.checkVisibility({ visibilityProperty: true })) return false;
      // What only screen readers have is clipped to nothing.
      return ancestors(element).every((up) => getComputedStyle(up).clipPath === 'none');
    };
    const nameOf = (element: Element) =>
      `${element.tagName.toLowerCase()} "${(element.getAttribute('aria-label') ?? element.textContent).trim().slice(0, 40)}"`;
    /** What an element moves with: what is fixed or sticky lies over the page by intention. */
    const layerOf = (element: Element) =>
      ancestors(element).find((up) => /fixed|sticky/.test(getComputedStyle(up).position));

    const PARTS = 'nav, h1, h2, header, section, table, form, [role=search], [role=tablist], main, ul, ol';
    const boxesOf = () => {
      const boxes: Record<string, [number, number, number]> = {};
      const count: Record<string, number> = {};
      let before = 0;
      for (const part of Array.from(document.querySelectorAll(PARTS))) {
        if (!isShown(part)) continue;
        const { left, top, width } = part.getBoundingClientRect();
        const kind = part.getAttribute('role') ?? part.tagName.toLowerCase();
        count[kind] = (count[kind] ?? 0) + 1;
        // How long the words of a heading are is no matter of the layout.
        const isHeading = part.matches('h1, h2');
        const round = Math.round;
        // What is fixed stands on the screen, wherever other parts end.
        const isFixed = getComputedStyle(part).position === 'fixed';
        const below = round(isFixed ? top : top - before);
        boxes[`${kind} ${count[kind]}`] = [round(left), below, isHeading ? 0 : round(width)];
        if (!isFixed) before = top;
      }
      return boxes;
    };
    let boxes = boxesOf();
    // What observes the width of the screen draws again a frame later, and so may what that shows.
    for (let still = 0; still < 3;) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const next = boxesOf();
      still = JSON.stringify(next) === JSON.stringify(boxes) ? still + 1 : 0;
      boxes = next;
    }

    /** Where an element is seen: without what is scrolled away. */
    const seenBox = (element: Element) => {
      let { left, top, right, bottom } = element.getBoundingClientRect();
      for (const up of ancestors(element).slice(1)) {
        if (getComputedStyle(up).overflow === 'visible') continue;
        const box = up.getBoundingClientRect();
        [left, top] = [Math.max(left, box.left), Math.max(top, box.top)];
        [right, bottom] = [Math.min(right, box.right), Math.min(bottom, box.bottom)];
      }
      return { left, top, right, bottom };
    };
    const CONTROLS = 'button, a[href], input, select, textarea, [role=switch], [role=checkbox]';
    const controls = Array.from(document.querySelectorAll(CONTROLS))
      .filter((element) => isShown(element) && !element.closest('[inert], [aria-hidden=true]'))
      .map((element) => ({ element, layer: layerOf(element), box: seenBox(element) }));
    const overlaps: string[] = [];
    for (const [index, one] of controls.entries())
      for (const other of controls.slice(index + 1)) {
        if (one.layer !== other.layer || one.element.contains(other.element)) continue;
        const [a, b] = [one.box, other.box];
        const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        // A field may have a button at its end, for which its text leaves room.
        const hasRoom = one.element.matches('input') && b.right <= a.right && b.left >= a.right - 48;
        if (width > 1 && height > 1 && !hasRoom)
          overlaps.push(`${nameOf(one.element)} and ${nameOf(other.element)}`);
      }

    const cut: string[] = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      const parent = text.parentElement;
      if (!parent || !text.textContent?.trim() || !isShown(parent)) continue;
      range.selectNodeContents(text);
      let { left, right } = range.getBoundingClientRect();
      const { top, bottom } = range.getBoundingClientRect();
      for (const up of ancestors(parent)) {
        const { overflow, textOverflow } = getComputedStyle(up);
        // What can be scrolled is cut by intention.
        if (/auto|scroll/.test(overflow)) break;
        if (overflow === 'visible' && !up.matches('button, a')) continue;
        const box = up.getBoundingClientRect();
        if (textOverflow === 'ellipsis') {
          // So is a name of any length; its dots are to be seen.
          left = Math.max(left, box.left);
          right = Math.min(right, box.right);
          continue;
        }
        const isInside = left >= box.left - 1 && right <= box.right + 1;
        // The box of a line is a little higher than its letters.
        if (isInside && top >= box.top - 4 && bottom <= box.bottom + 4) continue;
        cut.push(`"${text.textContent.trim().slice(0, 40)}" in ${nameOf(up)}`);
        break;
      }
    }

    // A dialog is scrolled down, never aside.
    const scrolled = Array.from(document.querySelectorAll('[role=dialog] div'))
      .filter((part) => getComputedStyle(part).overflowY === 'auto')
      .map((part) => part.scrollWidth - part.clientWidth);
    const overflow = Math.max(document.documentElement.scrollWidth - window.innerWidth, ...scrolled);
    return { overflow, overlaps, cut, boxes };
  });
}

const isUpdate = process.env.UPDATE_LAYOUT !== undefined;
const table = (existsSync(TABLE) ? JSON.parse(readFileSync(TABLE, 'utf8')) : {}) as Record<string, Boxes>;

/** Looks at what is shown, which is called `name`, at every width and in both themes. */
async function check(page: Page, name: string): Promise<void> {
  await expect(page.locator('h1').first()).toBeAttached();
  await expect(page.getByRole('status', { name: /^Loading/ })).toHaveCount(0);
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: HEIGHT });
    const where = `${name} at ${width} px`;
    const byDay = await measure(page);
    expect.soft(byDay.overflow, `${where}: px too wide`).toBeLessThanOrEqual(0);
    expect.soft(byDay.overlaps, `${where}: controls that overlap`).toEqual([]);
    expect.soft(byDay.cut, `${where}: texts that are cut`).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect(page.locator('html')).toHaveClass(/dark/);
    expect.soft(await measure(page), `${where}: by night as by day`).toEqual(byDay);
    await page.emulateMedia({ colorScheme: 'light' });
    if (isUpdate) {
      table[where] = byDay.boxes;
      continue;
    }
    const expected = table[where] ?? {};
    expect.soft(Object.keys(byDay.boxes), `${where}: parts`).toEqual(Object.keys(expected));
    const moved = Object.entries(byDay.boxes)
      .filter(([part, box]) =>
        box.some((px, index) => Math.abs(px - (expected[part]?.[index] ?? Infinity)) > TOLERANCE),
      )
      .map(
        ([part, box]) => `${part} is at ${JSON.stringify(box)} and was at ${JSON.stringify(expected[part])}`,
      );
    expect.soft(moved, `${where}: parts that moved`).toEqual([]);
  }
}

test('every page is laid out as the table says, at four widths, by day and by night', async ({
  page,
  browser,
  app,
}) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto(app.url);
  await expect(page.getByRole('heading', { name: 'Set up Clockwork' })).toBeVisible();
  await check(page, 'set-up');
  await setUp(page, app);
  // Of a year that is over: how its days are written is the same on every day.
  await seed(page.request, app.url, { days: 2, perDay: 3, now: new Date('2025-11-26T12:00:00Z') });
  await post(page.request, app.url, '/invitations', { email: 'grace@example.org', role: 'manager' });
  const projects = (await (await page.request.get(`${app.url}/api/projects`)).json()) as {
    id: string;
    name: string;
  }[];
  const project = projects.find(({ name }) => name.startsWith('UX'))?.id;
  const days = 'from=2025-11-24&to=2025-11-26';
  for (const [name, path, shown] of [
    ['timer', '/', '[data-entry]'],
    ['projects', '/projects', 'main li'],
    ['project', `/projects/${project}`, '[data-row]'],
    ['entries of a project', `/projects/${project}?tab=entries`, 'main li'],
    ['settings of a project', `/projects/${project}?tab=settings`, 'main input'],
    ['clients', '/clients', 'main li'],
    ['tags', '/tags', 'main li'],
    ['reports', `/reports?${days}`, 'main table'],
    ['detailed report', `/reports?${days}&view=detailed`, '[data-entry]'],
    ['import', '/import', 'main button'],
    ['settings', '/settings', 'main section'],
    ['account', '/account', 'main section'],
    ['members', '/members', 'main li'],
    ['audit log', '/audit-log', 'main li'],
    ['administration', '/administration', 'main li'],
    ['not found', '/nowhere', 'main a'],
  ] as const) {
    await page.goto(`${app.url}${path}`);
    await expect(page.locator(shown).first()).toBeVisible();
    await check(page, name);
  }
  // German words are longer.
  const chosen = await page.request.patch(`${app.url}/api/me`, { data: { settings: { language: 'de' } } });
  expect(chosen.ok()).toBe(true);
  await page.goto(app.url);
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await page.locator('[data-entry]').first().focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeVisible();
  await check(page, 'editor in German');
  const visitor = await browser.newPage({ colorScheme: 'light' });
  for (const path of ['/sign-in', '/forgot']) {
    await visitor.goto(`${app.url}${path}`);
    await check(visitor, path.slice(1));
  }
  await visitor.close();
  if (!isUpdate) return;
  // Each part has a line.
  const lines = JSON.stringify(table, null, 2).replace(/\[[^\]]*\]/g, (box) =>
    box.replace(/\s+/g, ' ').replace('[ ', '[').replace(' ]', ']'),
  );
  writeFileSync(TABLE, `${lines}\n`);
});
