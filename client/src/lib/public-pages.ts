/** The pages that need no session. Also known to public/early.js. */
const PUBLIC = [
  '/sign-in',
  '/setup',
  '/forgot',
  '/reset',
  '/confirm-address',
  '/invitation',
  '/shared-report',
  '/stop-report',
];

export function isPublicPage(pathname: string): boolean {
  return PUBLIC.includes(pathname.replace(/(.)\/$/, '$1'));
}

/** A path of this page to go on to; anything that a browser could take for another site is none. */
export function ownPath(text: unknown): string | undefined {
  if (typeof text !== 'string' || !/^\/(?![/\\])/.test(text)) return undefined;
  // eslint-disable-next-line no-control-regex
  if (/[\s\\\u0000-\u001f]|\/\//.test(text)) return undefined;
  // An invitation is followed with a session, too.
  return text !== '/invitation' && isPublicPage(text.split(/[?#]/)[0] ?? '') ? undefined : text;
}
