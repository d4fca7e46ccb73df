/** A whole entry in one line: `9-11.30 Workshop @design #on site $`. */
import type { Tag } from '@/api/types';
import type { Catalog, CategoryPlace } from '@/entities/catalog/catalog';
import { rank } from '@/lib/rank';
import { parseClockRange, type ClockRange } from '@/lib/time/parse';
import { pickerGroups } from './category-picker/options';

export interface QuickEntry {
  /** What is left of the text: the description. */
  text: string;
  range: ClockRange | null;
  place: CategoryPlace | null;
  tags: Tag[];
  billable: boolean;
}

interface Known {
  catalog: Catalog | undefined;
  tags: readonly Tag[];
  /** Categories in which time was tracked lately, newest first. */
  recent: readonly string[];
}

const CLOCK = String.raw`\d{1,2}(?:[:.h]?\d{2})?(?:\s?[ap]\.?m\.?)?`;
const RANGE = String.raw`${CLOCK}\s*(?:-|–|—|\bto\b|\bbis\b)\s*${CLOCK}`;
const AT_START = new RegExp(String.raw`^\s*(${RANGE})(?=\s|$)`, 'i');
const AT_END = new RegExp(String.raw`(?:^|\s)(${RANGE})\s*$`, 'i');
/** Two bare hours at the end of a text are most often something else: `Sprint 3-4`. */
const HAS_MINUTES = /\d[:.h]?\d{2}|[ap]\.?m/i;

function takeRange(text: string): { range: ClockRange; rest: string } | null {
  for (const pattern of [AT_START, AT_END]) {
    const [whole, typed = ''] = pattern.exec(text) ?? [];
    if (whole === undefined || (pattern === AT_END && !HAS_MINUTES.test(typed))) continue;
    const range = parseClockRange(typed);
    if (range) return { range, rest: text.replace(whole, ' ').trim() };
  }
  return null;
}

/** The longest beginning of some words that is found, and the words that follow it. */
function longest<T>(
  words: string,
  find: (query: string) => T | undefined,
): { found: T; rest: string } | null {
  const all = words.split(/\s+/);
  for (let count = all.length; count > 0; count -= 1) {
    const found = find(all.slice(0, count).join(' '));
    if (found !== undefined) return { found, rest: all.slice(count).join(' ') };
  }
  return null;
}

function bestTag(query: string, tags: readonly Tag[]): Tag | undefined {
  return tags
    .flatMap((tag) => {
      const fit = rank(tag.name, query);
      return fit === null ? [] : [{ tag, fit }];
    })
    .sort((a, b) => a.fit - b.fit)[0]?.tag;
}

/** Reads a line. What names nothing that there is stays in the text. */
export function readQuickEntry(line: string, { catalog, tags, recent }: Known): QuickEntry {
  const bestCategory = (query: string) => {
    if (!catalog) return undefined;
    const [best] = pickerGroups({ catalog, query, recent, selected: null, creates: false }).flatMap(
      ({ items }) => items,
    );
    return best?.kind === 'category' ? best.place : undefined;
  };
  let place: CategoryPlace | null = null;
  let billable = false;
  const chosen: Tag[] = [];
  // A sign begins a word, and what belongs to it ends where the next one begins.
  const parts = line.split(/(?<=^|\s)(?=[@#$](?:\S|$))/);
  const kept = parts.map((part) => {
    const [sign = '', words = ''] = [part.slice(0, 1), part.slice(1).trim()];
    if (sign === '@' && place === null && words !== '') {
      const category = longest(words, bestCategory);
      if (category) {
        place = category.found;
        return category.rest;
      }
    }
    if (sign === '#' && words !== '') {
      const tag = longest(words, (query) => bestTag(query, tags));
      if (tag) {
        chosen.push(tag.found);
        return tag.rest;
      }
    }
    if (part.trim() === '$') {
      billable = true;
      return '';
    }
    return part.trim();
  });
  const text = kept.filter((part) => part !== '').join(' ');
  const taken = takeRange(text);
  return { text: taken?.rest ?? text, range: taken?.range ?? null, place, tags: chosen, billable };
}

/** Whether a line says more than a description. */
export function saysMore({ range, place, tags, billable }: QuickEntry): boolean {
  return range !== null || place !== null || tags.length > 0 || billable;
}
