/** What is printed adds up: lengths of time that are shown coarser than they are. */
import { preferences } from '../preferences';

/** The seconds of the smallest step in which lengths are shown: a second, a minute, or a hundredth of an hour. */
export function shownUnit(): number {
  return { seconds: 1, minutes: 60, decimal: 36 }[preferences().duration];
}

/** A length as it is shown by itself, in seconds. */
function roundTo(seconds: number, unit: number): number {
  return Math.round(Math.max(0, seconds) / unit) * unit;
}

/**
 * Lengths as they are shown under their total, in seconds: multiples of `unit` that together are `total`, by default the rounded sum.
 * Each is less than a unit from its true length, by the method of largest remainders.
 */
export function apportion(lengths: readonly number[], unit: number, total?: number): number[] {
  const sum = lengths.reduce((all, seconds) => all + seconds, 0);
  const units = lengths.map((seconds) => Math.floor(seconds / unit));
  let left = Math.round((total ?? roundTo(sum, unit)) / unit) - units.reduce((all, count) => all + count, 0);
  const byRemainder = lengths
    .map((seconds, index) => ({ index, remainder: seconds % unit }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  for (const { index } of byRemainder) {
    if (left <= 0) break;
    units[index] = (units[index] ?? 0) + 1;
    left -= 1;
  }
  return units.map((count) => count * unit);
}

export interface Length {
  seconds: number;
  /** It grows: what is over must not change its looks with every tick. */
  running: boolean;
}

export interface Shown {
  total: number;
  lengths: number[];
}

/**
 * Lengths under their total. While one of them runs, those that are over add up to what they have together, and the running one is
 * rounded by itself, so that only it changes.
 */
export function shownLengths(lengths: readonly Length[], unit: number, total?: number): Shown {
  const isRunning = lengths.some(({ running }) => running);
  const over = apportion(
    lengths.map(({ seconds, running }) => (running ? 0 : seconds)),
    unit,
    isRunning ? undefined : total,
  );
  const shown = lengths.map(({ seconds, running }, index) =>
    running ? roundTo(seconds, unit) : (over[index] ?? 0),
  );
  return { total: shown.reduce((all, seconds) => all + seconds, 0), lengths: shown };
}
