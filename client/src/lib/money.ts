/** Money: decimals as texts, which are never numbers of floating point. */
import { locale } from './time/format';

/** Rates have up to so many digits after the point. */
const MAX_DIGITS = 4;

const formats = new Map<string, Intl.NumberFormat>();

/** `1234.5` in euros as `€1,234.50`, with the digits of the currency. */
export function formatMoney(decimal: string, currency: string): string {
  const key = `${locale()} ${currency}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(locale(), {
      style: 'currency',
      currency,
      maximumFractionDigits: MAX_DIGITS,
    });
    formats.set(key, format);
  }
  // The text is formatted exactly, where a number would be cut to 15 digits.
  return format.format(decimal as Intl.StringNumericLiteral);
}

/** The exact sum of decimals. */
export function addDecimals(decimals: readonly string[]): string {
  const digits = Math.max(0, ...decimals.map((one) => (one.split('.')[1] ?? '').length));
  const sum = decimals.reduce((before, one) => {
    const [whole = '', part = ''] = one.split('.');
    return before + BigInt(whole + part.padEnd(digits, '0'));
  }, 0n);
  const text = String(sum < 0n ? -sum : sum).padStart(digits + 1, '0');
  const sign = sum < 0n ? '-' : '';
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** The sums of each currency, which are never added to each other. */
export function sumByCurrency(
  amounts: readonly { currency: string; amount: string }[],
): { currency: string; amount: string }[] {
  const currencies = [...new Set(amounts.map(({ currency }) => currency))].sort();
  return currencies.map((currency) => ({
    currency,
    amount: addDecimals(amounts.filter((one) => one.currency === currency).map(({ amount }) => amount)),
  }));
}
