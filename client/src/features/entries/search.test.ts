import { describe, expect, it } from 'vitest';
import { readSearch } from './search';

const id = '01900000-0000-7000-8000-000000000001';

describe('what the URL says about the list', () => {
  it('is taken as it is', () => {
    const search = {
      from: '2026-01-05',
      to: '2026-01-11',
      week: '2026-01-05',
      project: id,
      category: id,
      client: id,
      tag: [id, id],
      q: 'review',
      billable: false,
    };
    expect(readSearch(search)).toEqual(search);
  });

  it.each([
    { from: '2026-13-01' },
    { from: 20260101 },
    { week: 'monday' },
    { project: 'site' },
    { tag: [] },
    { tag: id },
    { tag: [id, 'x'] },
    { q: '   ' },
    { q: 'x'.repeat(501) },
    { q: ['x'] },
    { billable: 'true' },
    { unknown: 1 },
  ])('leaves out what cannot be read: %j', (search) => {
    expect(Object.values(readSearch(search)).filter((value) => value !== undefined)).toEqual([]);
  });

  it('searches for a typed number', () => {
    expect(readSearch({ q: 42 }).q).toBe('42');
  });
});
