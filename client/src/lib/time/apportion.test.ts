import { describe, expect, it } from 'vitest';
import { apportion, shownLengths } from './apportion';

const sum = (lengths: readonly number[]) => lengths.reduce((all, seconds) => all + seconds, 0);

describe('lengths under their total', () => {
  it('three times twenty minutes are an hour in hundredths of an hour', () => {
    const shown = apportion([1200, 1200, 1200], 36);
    expect(sum(shown)).toBe(3600);
    expect(shown.map((seconds) => seconds / 36)).toEqual([34, 33, 33]);
  });

  it('add up to the rounded total, each less than a unit from its true length', () => {
    let seed = 7;
    const next = () => (seed = (seed * 48_271) % 2_147_483_647);
    for (let round = 0; round < 500; round += 1) {
      const unit = [1, 36, 60][round % 3] ?? 60;
      const lengths = Array.from({ length: next() % 12 }, () => next() % 20_000);
      const shown = apportion(lengths, unit);
      expect(sum(shown)).toBe(Math.round(sum(lengths) / unit) * unit);
      shown.forEach((seconds, index) => expect(Math.abs(seconds - (lengths[index] ?? 0))).toBeLessThan(unit));
    }
  });

  it('add up to a total that was rounded the other way by those above it', () => {
    expect(sum(apportion([40, 40], 60, 60))).toBe(60);
    expect(sum(apportion([40, 40], 60, 120))).toBe(120);
  });

  it('keep their looks while another one runs', () => {
    const at = (seconds: number) =>
      shownLengths(
        [
          { seconds: 1229, running: false },
          { seconds: 1229, running: false },
          { seconds, running: true },
        ],
        60,
      );
    const first = at(5);
    for (let seconds = 5; seconds < 200; seconds += 1) {
      const now = at(seconds);
      expect(now.lengths.slice(0, 2)).toEqual(first.lengths.slice(0, 2));
      expect(sum(now.lengths)).toBe(now.total);
    }
  });
});
