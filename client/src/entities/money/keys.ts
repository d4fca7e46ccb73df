/** Query keys of currencies and rates. */
export const moneyKeys = {
  currencies: ['money', 'currencies'] as const,
  rates: ['money', 'rates'] as const,
};
