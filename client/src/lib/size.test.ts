import { expect, it } from 'vitest';
import { formatSize } from './size';

it('writes sizes in the unit in which they are read', () => {
  expect([0, 999, 1_000, 48_400, 999_600, 1_234_567, 256_000_000].map(formatSize)).toEqual([
    '0 bytes',
    '999 bytes',
    '1 kB',
    '48 kB',
    '1 MB',
    '1.2 MB',
    '256 MB',
  ]);
});
