import { describe, expect, it } from 'vitest';
import type { Diagnostics } from './api/administration';
import { problemsOf } from './problems-of';

const SEEN = {
  serverTime: '2026-03-02T12:00:00Z',
  publicUrl: 'https://time.example.org/clock',
  problems: ['no_mail'],
} as unknown as Diagnostics;
const AT = Date.parse('2026-03-02T12:00:59Z');

describe('problems of an installation', () => {
  it('are those that the server names where the browser sees none', () => {
    expect(problemsOf(SEEN, AT, 'https://time.example.org/clock/administration')).toEqual(['no_mail']);
  });

  it('are also another address than that of mail, and a clock that is more than a minute off', () => {
    expect(problemsOf(SEEN, AT, 'http://time.example.org/clock/administration')).toEqual([
      'no_mail',
      'other_address',
    ]);
    const later = AT + 2_000;
    expect(problemsOf({ ...SEEN, problems: [] }, later, 'https://time.example.org/')).toEqual([
      'browser_clock',
    ]);
    const earlier = Date.parse('2026-03-02T11:58:59Z');
    expect(problemsOf({ ...SEEN, publicUrl: null }, earlier, 'http://[::1]:8080/')).toEqual([
      'no_mail',
      'browser_clock',
    ]);
  });
});
