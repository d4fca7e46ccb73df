import { locale } from './time/format';

const UNITS = ['byte', 'kilobyte', 'megabyte'] as const;
const STEP = 1000;

/** `48 kB`, `1.2 MB`: the size of a file in bytes, in units of a thousand. */
export function formatSize(bytes: number): string {
  let [size, unit] = [bytes, 0];
  while (size >= STEP - 0.5 && unit < UNITS.length - 1) {
    size /= STEP;
    unit += 1;
  }
  return new Intl.NumberFormat(locale(), {
    style: 'unit',
    unit: UNITS[unit] ?? 'byte',
    unitDisplay: unit === 0 ? 'long' : 'short',
    maximumFractionDigits: unit === 0 || size >= 10 ? 0 : 1,
  }).format(size);
}
