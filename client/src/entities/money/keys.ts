/** Query keys of rates, currencies and budgets. */
export const moneyKeys = {
  currencies: ['money', 'currencies'] as const,
};
