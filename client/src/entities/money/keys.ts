import { keys } from '@/api/keys';

/** Query keys of what time is worth. Live updates of time ask for budgets again, as they do for reports. */
export const moneyKeys = {
  currencies: ['money', 'currencies'] as const,
  rates: ['money', 'rates'] as const,
  fixedPrices: ['money', 'fixed-prices'] as const,
  budgets: [...keys.reports, 'budgets'] as const,
};
