/** Which language is shown. English comes with the page, others are fetched before anything is drawn. */
import type { Account } from './en/account';
import type { First } from './en/first';
import type { Later } from './en/later';

export type Language = 'en' | 'de';

/** Every message of a language, in three parts: what the first page shows, what comes after it, and the pages of accounts. */
export interface Bundle {
  first: First;
  later: Later;
  account: Account;
}

let current: Language = 'en';
let bundle: Bundle | undefined;
const listeners: ((bundle: Bundle | undefined) => void)[] = [];

export function currentLanguage(): Language {
  return current;
}

/** Called now and after each change; without a bundle the language is English. */
export function onLanguage(listener: (bundle: Bundle | undefined) => void): void {
  listeners.push(listener);
  listener(bundle);
}

/** The first language of the browser that there are messages in; English when there is none. */
export function browserLanguage(): Language {
  const wanted = typeof navigator === 'undefined' ? [] : navigator.languages;
  return (
    wanted.map((tag) => tag.toLowerCase().split('-')[0]).find((tag) => tag === 'en' || tag === 'de') ?? 'en'
  );
}

/** Fetches a language and shows it from now on. When it cannot be fetched the language stays as it is. */
export async function showLanguage(language: Language): Promise<void> {
  if (language === current) return;
  const next = language === 'de' ? (await import('./de')).de : undefined;
  current = language;
  bundle = next;
  document.documentElement.lang = language;
  for (const listener of listeners) listener(next);
}
