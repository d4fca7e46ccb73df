/** `@category`, `#tag` and `$` within the description of the timer. */

export interface InlineToken {
  kind: '@' | '#' | '$';
  /** What is typed after the sign. */
  query: string;
  /** Where the sign stands. */
  at: number;
}

/** The token at the end of a text, while it is typed: its sign begins a word. */
export function inlineToken(text: string): InlineToken | null {
  const match = /(?:^|\s)([@#$])([^@#$]*)$/.exec(text);
  if (!match) return null;
  const [, sign = '', query = ''] = match;
  // A sum of money is no token, nor is a sign with a space behind it.
  if (/^\s/.test(query) || (sign === '$' && query !== '')) return null;
  return { kind: sign as InlineToken['kind'], query: query.trim(), at: text.length - query.length - 1 };
}

/** The text without its token. */
export function withoutToken(text: string, { at }: InlineToken): string {
  return text.slice(0, at).replace(/\s+$/, at > 0 ? ' ' : '');
}
