/** What time is worth, as the server has it. */
import { queryOptions } from '@tanstack/react-query';
import { body, http } from '@/api/http';
import { untold } from '@/api/query-client';
import { moneyKeys } from './keys';

export const currenciesQuery = queryOptions({
  queryKey: moneyKeys.currencies,
  queryFn: ({ signal }) => body(http.GET('/api/currencies', { signal })),
  staleTime: 60_000,
});

export const ratesQuery = queryOptions({
  queryKey: moneyKeys.rates,
  queryFn: ({ signal }) => body(http.GET('/api/rates', { signal })),
  staleTime: 30_000,
  ...untold,
});

export const fixedPricesQuery = queryOptions({
  queryKey: moneyKeys.fixedPrices,
  queryFn: ({ signal }) => body(http.GET('/api/fixed-prices', { signal })),
  staleTime: 30_000,
  ...untold,
});

/** How budgets stand depends on what is tracked, by others as well. */
export const budgetsQuery = queryOptions({
  queryKey: moneyKeys.budgets,
  queryFn: ({ signal }) => body(http.GET('/api/budgets', { signal })),
  staleTime: 30_000,
  ...untold,
});
