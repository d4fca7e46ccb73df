/** `localStorage` that never throws: browsers may forbid it, and then nothing is remembered. */
export function recall(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function remember(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // What cannot be kept is forgotten with the page.
  }
}

/** The same for this tab alone, as long as it is open. */
export function recallInTab(key: string): string | null {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

export function rememberInTab(key: string, value: string | null): void {
  try {
    if (value === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, value);
  } catch {
    // What cannot be kept is forgotten with the page.
  }
}

/** Under this name lies what was typed when the session ended. */
export const KEPT = 'clockwork.kept';

/** What there is, by its keys. */
export function rememberedKeys(): string[] {
  try {
    return Object.keys(localStorage);
  } catch {
    return [];
  }
}
