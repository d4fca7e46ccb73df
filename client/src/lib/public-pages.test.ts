import { describe, expect, it } from 'vitest';
import { isPublicPage, ownPath } from './public-pages';

describe('the place to go on to', () => {
  it('is one of this site that a signed-in user has', () => {
    for (const place of ['/', '/projects?archived=true', '/reports#top', '/invitation'])
      expect(ownPath(place)).toBe(place);
    for (const place of [
      '/sign-in',
      '/setup',
      '/reset?x=1',
      '/shared-report#token=abc',
      '//evil.example',
      '/\\evil.example',
      'projects',
      7,
    ])
      expect(ownPath(place)).toBeUndefined();
  });

  it('is known to need no session, or to need one', () => {
    expect(
      ['/invitation', '/sign-in/', '/shared-report', '/', '/members', '/invitations'].map(isPublicPage),
    ).toEqual([true, true, true, false, false, false]);
  });
});
