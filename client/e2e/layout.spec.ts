/**
 * What the pages look like, compared with what they looked like: where everything stands, what is cut, and in which colours. Not by pixels:
 * two versions of a browser draw the same letters differently, and a tolerance that forgives that forgives a lost button as well.
 * After a change that is meant: just renew-layout, and look at the difference and at the pictures.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { expect, test } from './app';
import { fixClock, NOW } from './clock';
import { seed } from './seed';

const directory = fileURLToPath(new URL('layout', import.meta.url));
const isRenewing = process.env.RENEW_LAYOUT !== undefined;
const WIDTHS = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
  { width: 768, height: 1024 },
  { width: 360, height: 740 },
];
/** Fonts are part of the application, and still their letters differ by fractions. */
const TOLERANCE_PX = 3;

/** What stands where: name, left, top, width, height, and whether its text is cut. */
type Fact = [name: string, x: number, y: number, width: number, height: number, cut?: 'cut'];

interface Looks {
  facts: Fact[];
  /** By theme, the colours of what is seen first. */
  colours: Record<string, string[]>;
}

/** Everything that can be seen of the page without scrolling. */
function look(page: Page): Promise<Fact[]> {
  return page.evaluate(() => {
    const what =
      'main, nav, section, form, h1, h2, h3, label, button, a[href], input, select, textarea, [role="radiogroup"], [data-entry], [data-row], li[aria-label] > *';
    const found: Fact[] = [];
    for (const element of Array.from(document.querySelectorAll<HTMLElement>(what))) {
      const { x, y, width, height } = element.getBoundingClientRect();
      const style = getComputedStyle(element);
      const isSeen =
        width > 1 && height > 1 && y < window.innerHeight && x < window.innerWidth && x + width > 0;
      if (!isSeen || style.visibility === 'hidden' || style.opacity === '0') continue;
      const label = element.getAttribute('aria-label') ?? element.textContent.trim().slice(0, 24);
      const texts = [element, ...Array.from(element.querySelectorAll<HTMLElement>('*'))];
      const isCut = texts.some(
        (text) =>
          text.childElementCount === 0 &&
          getComputedStyle(text).textOverflow === 'ellipsis' &&
          text.scrollWidth > text.clientWidth + 1,
      );
      const name = `${element.tagName.toLowerCase()} ${label}`.trim();
      const box = [x, y, width, height].map(Math.round) as [number, number, number, number];
      const isWhole = ['MAIN', 'SECTION', 'FORM'].includes(element.tagName);
      found.push(isCut && !isWhole ? [name, ...box, 'cut'] : [name, ...box]);
    }
    return found;
  });
}

/** Colour and background of what there is of everything. */
function colours(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    /** Browsers write the same colour in several ways. */
    const plain = (colour: string) => {
      if (!canvas) return colour;
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      return [...canvas.getImageData(0, 0, 1, 1).data].join(' ');
    };
    return [
      'body',
      'section',
      'main',
      'h1',
      'h2',
      'h3',
      '.btn-primary',
      '.btn-ghost',
      '[data-entry]',
      'label',
      '.input',
    ].flatMap((selector) => {
      const element = document.querySelector(selector);
      if (!element) return [];
      const { color, backgroundColor } = getComputedStyle(element);
      return `${selector}: ${plain(color)} on ${plain(backgroundColor)}`;
    });
  });
}

/** Where two looks differ, in words. */
function differences(before: Looks, now: Looks): string[] {
  const told: string[] = [];
  for (let index = 0; index < Math.max(before.facts.length, now.facts.length); index += 1) {
    const [was, is] = [before.facts[index], now.facts[index]];
    const same =
      was?.[0] === is?.[0] &&
      was?.[5] === is?.[5] &&
      [1, 2, 3, 4].every((at) => Math.abs(Number(was?.[at]) - Number(is?.[at])) <= TOLERANCE_PX);
    if (!same) told.push(`${JSON.stringify(was)} is now ${JSON.stringify(is)}`);
    // What follows a thing that came or went is another thing everywhere.
    if (was?.[0] !== is?.[0]) break;
  }
  for (const theme of Object.keys(before.colours)) {
    for (const [index, colour] of (before.colours[theme] ?? []).entries())
      if (now.colours[theme]?.[index] !== colour)
        told.push(`${theme}: ${colour} is now ${now.colours[theme]?.[index]}`);
  }
  return told;
}

function compare(name: string, now: Looks): void {
  const file = path.join(directory, `${name}.json`);
  if (isRenewing) {
    mkdirSync(directory, { recursive: true });
    const facts = now.facts.map((fact) => `    ${JSON.stringify(fact)}`).join(',\n');
    const all = Object.entries(now.colours).map(
      ([theme, list]) =>
        `    ${JSON.stringify(theme)}: [\n${list.map((one) => `      ${JSON.stringify(one)}`).join(',\n')}\n    ]`,
    );
    writeFileSync(file, `{\n  "facts": [\n${facts}\n  ],\n  "colours": {\n${all.join(',\n')}\n  }\n}\n`);
    return;
  }
  if (!existsSync(file)) throw new Error(`${file} is missing: just renew-layout`);
  const before = JSON.parse(readFileSync(file, 'utf8')) as Looks;
  expect.soft(differences(before, now), name).toEqual([]);
}

test('the pages look as they did, at four widths, by day and by night', async ({ page, context, app }) => {
  await fixClock(context);
  await seed(page.request, app.url, { days: 8, perDay: 5, now: NOW });
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const projects = (await (await page.request.get(`${app.url}/api/projects`)).json()) as {
    id: string;
    name: string;
  }[];
  const website = projects.find(({ name }) => name.startsWith('UX'))?.id ?? '';
  const pages = [
    { name: 'timer', url: '/', ready: () => page.locator('[data-entry]').first() },
    {
      name: 'filtered',
      url: `/?from=2026-03-01&to=2026-03-31&project=${website}`,
      ready: () => page.getByRole('group', { name: 'Total of these filters' }),
    },
    { name: 'projects', url: '/projects', ready: () => page.getByRole('link', { name: /entries of Shop/ }) },
    {
      name: 'project',
      url: `/projects/${website}`,
      ready: () => page.getByRole('link', { name: /of Design/ }),
    },
    {
      name: 'project-settings',
      url: `/projects/${website}?tab=settings`,
      ready: () => page.getByLabel('Description'),
    },
    { name: 'clients', url: '/clients', ready: () => page.getByRole('link', { name: /entries of Acme/ }) },
    { name: 'tags', url: '/tags', ready: () => page.getByRole('link', { name: /of Memo/ }) },
    { name: 'settings', url: '/settings', ready: () => page.getByLabel('Time zone') },
    { name: 'import', url: '/import', ready: () => page.getByText('Choose a file') },
  ];
  for (const { name, url, ready } of pages) {
    await page.setViewportSize(WIDTHS[0] ?? { width: 1440, height: 900 });
    await page.goto(`${app.url}${url}`);
    for (const { width, height } of WIDTHS) {
      await page.setViewportSize({ width, height });
      await expect(ready()).toBeVisible();
      await page.evaluate(() => document.fonts.ready);
      const shades: Looks['colours'] = {};
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await expect(page.locator('html')).toHaveClass(colorScheme === 'dark' ? /dark/ : /^((?!dark).)*$/);
        if (width === 1440) shades[colorScheme] = await colours(page);
        await app.picture(page, `layout/${name}-${width}-${colorScheme}`);
      }
      await page.emulateMedia({ colorScheme: 'light' });
      compare(`${name}-${width}`, { facts: await look(page), colours: shades });
    }
  }
});
