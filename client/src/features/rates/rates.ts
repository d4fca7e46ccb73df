/** Changing currencies, rates and fixed prices. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { body, http } from '@/api/http';
import { keys } from '@/api/keys';
import { listed } from '@/api/listed';
import type { Schemas } from '@/api/types';
import { edit, remove } from '@/api/versions';
import { moneyKeys } from '@/entities/money/keys';

export type Rate = Schemas['Rate'];
export type TargetKind = 'workspace' | 'client' | 'project' | 'category' | 'member' | 'projectMember';

/** What rates are shown for, and made for; everything of the workspace when it names nothing. */
export interface Scope {
  clientId?: string;
  projectId?: string;
}

/** The day from which a rate holds that holds for all time. */
export const ALWAYS = '1970-01-01';

/** What a rate is for. */
export function targetKind(
  rate: Pick<Rate, 'memberId' | 'clientId' | 'projectId' | 'categoryId'>,
): TargetKind {
  if (rate.memberId) return rate.projectId ? 'projectMember' : 'member';
  if (rate.categoryId) return 'category';
  if (rate.projectId) return 'project';
  return rate.clientId ? 'client' : 'workspace';
}

/** The decimal that was typed, with a point; the server says what is wrong with it. */
export function readDecimal(text: string): string {
  return text.trim().replace(',', '.');
}

function get({ id }: Rate) {
  return listed(http.GET('/api/rates'), id);
}

/** Every change may change amounts, and with them how budgets stand. */
export function useMoneyChanged(): () => Promise<unknown> {
  const client = useQueryClient();
  return () =>
    Promise.all(
      [moneyKeys.rates, moneyKeys.currencies, moneyKeys.fixedPrices, keys.reports].map((queryKey) =>
        client.invalidateQueries({ queryKey }),
      ),
    );
}

export function useRateChanges() {
  const onSettled = useMoneyChanged();
  return {
    setCurrency: useMutation({
      mutationFn: (currency: Schemas['SetCurrency']) =>
        body(http.POST('/api/currencies', { body: currency })),
      onSettled,
    }).mutateAsync,
    removeCurrency: useMutation({
      mutationFn: (currencyId: string) =>
        body(http.DELETE('/api/currencies/{currencyId}', { params: { path: { currencyId } } })),
      onSettled,
    }).mutateAsync,
    setPrice: useMutation({
      mutationFn: (price: Schemas['SetFixedPrice']) => body(http.POST('/api/fixed-prices', { body: price })),
      onSettled,
    }).mutateAsync,
    removePrice: useMutation({
      mutationFn: (projectId: string) =>
        body(http.DELETE('/api/fixed-prices/{projectId}', { params: { path: { projectId } } })),
      onSettled,
    }).mutateAsync,
    create: useMutation({
      mutationFn: (rate: Schemas['CreateRate']) => body(http.POST('/api/rates', { body: rate })),
      onSettled,
    }).mutateAsync,
    change: useMutation({
      mutationFn: ({ rate, changes }: { rate: Rate; changes: Schemas['UpdateRate'] }) =>
        edit(
          rate,
          changes,
          () => get(rate),
          (rest, header) =>
            http.PATCH('/api/rates/{rateId}', { params: { path: { rateId: rate.id }, header }, body: rest }),
        ),
      onSettled,
    }).mutateAsync,
    remove: useMutation({
      mutationFn: (rate: Rate) =>
        remove(
          rate,
          () => get(rate),
          (header) => http.DELETE('/api/rates/{rateId}', { params: { path: { rateId: rate.id }, header } }),
        ),
      onSettled,
    }).mutateAsync,
  };
}
