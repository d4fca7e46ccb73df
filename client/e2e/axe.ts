/** What axe finds fault with, in what a page shows. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from '@playwright/test';
import type { AxeResults, RunOptions } from 'axe-core';
import { expect } from './app';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
type Rules = NonNullable<RunOptions['runOnly']>;
const LEVELS: Rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
/** What differs by night. */
const COLOURS: Rules = { type: 'rule', values: ['color-contrast'] };

/** What is wrong with what the page shows now, each with the elements concerned. */
async function faults(page: Page, rules: Rules): Promise<string[]> {
  // While something moves, its colours are on their way to others; what ends may start the next.
  await page.evaluate(async () => {
    const moving = () =>
      document.getAnimations().filter(({ effect }) => effect?.getTiming().iterations !== Infinity);
    for (let now = moving(); now.length > 0; now = moving())
      await Promise.all(now.map((animation) => animation.finished.catch(() => undefined)));
  });
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  const options: RunOptions = {
    runOnly: rules,
    resultTypes: ['violations'],
    // What some buttons show is a time, which their name puts into words.
    rules: { 'label-content-name-mismatch': { enabled: false } },
  };
  const { violations } = await page.evaluate(
    (chosen) =>
      (window as unknown as { axe: { run: (o: RunOptions) => Promise<AxeResults> } }).axe.run(chosen),
    options,
  );
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${help}: ${target.join(' ')}: ${failureSummary}`),
  );
}

type Theme = 'light' | 'dark';

/** Looks at what is shown: in the first theme with all rules, in another one at its colours. */
export function checker(page: Page, themes: readonly Theme[] = ['light', 'dark']) {
  return async (what: string) => {
    for (const colorScheme of themes) {
      await page.emulateMedia({ colorScheme });
      await expect(page.locator('html')).toHaveClass(colorScheme === 'dark' ? /dark/ : /^((?!dark).)*$/);
      expect
        .soft(await faults(page, colorScheme === themes[0] ? LEVELS : COLOURS), `${what}, ${colorScheme}`)
        .toEqual([]);
    }
  };
}
