import { describe, expect, it } from 'vitest';
import { showLanguage } from '@/messages/language';
import { addDecimals, formatMoney, sumByCurrency } from './money';

describe('money', () => {
  it('has the digits of its currency, and all digits of a rate', () => {
    expect(formatMoney('1234.5', 'EUR')).toBe('€1,234.50');
    expect(formatMoney('1234', 'JPY')).toBe('¥1,234'.replace('¥', formatMoney('1', 'JPY').replace('1', '')));
    expect(formatMoney('-85.1234', 'EUR')).toBe('-€85.1234');
  });

  it('is written as the language writes it', async () => {
    await showLanguage('de');
    expect(formatMoney('1234.5', 'EUR').replace(/\s/, ' ')).toBe('1.234,50 €');
    await showLanguage('en');
  });

  it('is formatted exactly where a number would not be', () => {
    expect(formatMoney('90071992547409931.25', 'EUR')).toBe('€90,071,992,547,409,931.25');
  });

  it('adds up exactly, with each number of digits and below zero', () => {
    expect(addDecimals(['0.1', '0.2', '-0.05'])).toBe('0.25');
    expect(addDecimals(['-1.50', '0.25'])).toBe('-1.25');
    expect(addDecimals(['-0.30', '0.25'])).toBe('-0.05');
    expect(addDecimals(['7', '12'])).toBe('19');
    expect(addDecimals([])).toBe('0');
  });

  it('is summed in each currency alone', () => {
    expect(
      sumByCurrency([
        { currency: 'USD', amount: '1.00' },
        { currency: 'EUR', amount: '2.50' },
        { currency: 'USD', amount: '0.25' },
      ]),
    ).toEqual([
      { currency: 'EUR', amount: '2.50' },
      { currency: 'USD', amount: '1.25' },
    ]);
  });
});
