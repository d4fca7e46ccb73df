import { afterEach, describe, expect, it } from 'vitest';
import { ApiError, errorMessage } from '@/api/errors';
import { formatDate, formatDurationWords } from '@/lib/time/format';
import { parseDay } from '@/lib/time/zoned';
// The one table of codes is the server's.
// eslint-disable-next-line no-restricted-imports
import problemCodes from '../../../crates/core/src/import/problem.rs?raw';
import { de } from './de';
import { account } from './en/account';
import { first } from './en/first';
import { later } from './en/later';
import { t as firstNow } from './first';
import { t as now } from './later';
import { browserLanguage, showLanguage } from './language';

type Tree = Record<string, unknown>;

/** Every message by its path, called with examples when it is a function. */
function texts(tree: Tree, path = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(tree)) {
    const here = path === '' ? name : `${path}.${name}`;
    if (typeof value === 'string') found.set(here, value);
    else if (typeof value === 'function')
      found.set(here, (value as (...examples: unknown[]) => string)(...examplesOf(value.toString())));
    else for (const [inner, text] of texts(value as Tree, here)) found.set(inner, text);
  }
  return found;
}

/** A number for what is counted, a word for everything else. */
function examplesOf(source: string): unknown[] {
  const [, names = ''] = /^\(?([^)=]*)\)?\s*=>/.exec(source) ?? [];
  return names
    .split(',')
    .filter(Boolean)
    .map((name) =>
      /count|days|minutes|others|total|shown|percent|level|status/.test(name) ? 2 : `<${name.trim()}>`,
    );
}

describe('messages', () => {
  afterEach(() => showLanguage('en'));

  const english = texts({ ...first, ...later, ...account });
  const german = texts({ ...de.first, ...de.later, ...de.account });

  it('are there in German, each one, and in German words', () => {
    expect([...german.keys()].sort()).toEqual([...english.keys()].sort());
    expect(english.size).toBeGreaterThan(400);
    const same = [...english].filter(([name, text]) => german.get(name) === text && /[a-z]{4}/i.test(text));
    // Names, examples, and words that both languages have.
    expect(same.length).toBeLessThan(45);
    for (const text of german.values()) expect(text).not.toMatch(/undefined|NaN|\[object/);
  });

  it('say the same values in both languages', () => {
    const values = (text: string) => (text.match(/<\w+>|\{\w+\}/g) ?? []).sort();
    for (const [name, text] of english)
      expect([name, ...values(german.get(name) ?? '')]).toEqual([name, ...values(text)]);
  });

  it('have the form that a number needs, and the number as the language writes it', async () => {
    expect(first.entry.deleted(1)).toBe('Entry deleted');
    expect(first.entry.deleted(1200)).toBe('1,200 entries deleted');
    expect(later.import.run(1)).toBe('Import 1 entry');
    await showLanguage('de');
    expect(firstNow.entry.deleted(1200)).toBe('1.200 Einträge gelöscht');
    expect(now.import.run(1)).toBe('1 Eintrag importieren');
  });

  it('are in the language that was chosen: sentences of errors, dates and durations, too', async () => {
    await showLanguage('de');
    expect(document.documentElement.lang).toBe('de');
    expect(errorMessage(new ApiError(409, 'no_active_timer', 'no timer is running', null))).toMatch(
      /^Es läuft kein Timer/,
    );
    expect(formatDurationWords(5400)).toBe('1 Std. 30 Min.');
    const day = parseDay('2026-03-02') ?? expect.fail();
    expect(formatDate(day, day)).toBe('Mo., 2. März');
    await showLanguage('en');
    expect(firstNow.action.save).toBe('Save');
  });

  it('know every problem that an import can have', () => {
    const codes = [...problemCodes.matchAll(/Self::\w+ => "(\w+)"/g)].map(([, code = '']) => code);
    expect(codes.length).toBeGreaterThan(10);
    expect(Object.keys(later.problems).sort()).toEqual([...codes].sort());
    expect(Object.keys(de.later.problems).sort()).toEqual([...codes].sort());
    expect(Object.keys(de.later.errors).sort()).toEqual(Object.keys(later.errors).sort());
  });

  it('name what has the sign of a number in its name', () => {
    expect(later.reports.andOthers('C#', 2)).toBe('C# + 2');
    expect(de.later.reports.andOthers('C#', 2)).toBe('C# + 2');
  });

  it('come in the first language of the browser that there is', () => {
    expect(browserLanguage()).toBe('en');
    Object.defineProperty(navigator, 'languages', { value: ['fr', 'de-AT', 'en'], configurable: true });
    expect(browserLanguage()).toBe('de');
    Object.defineProperty(navigator, 'languages', { value: ['en-GB'], configurable: true });
  });
});
