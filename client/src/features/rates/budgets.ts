/** Budgets: how they stand in words, and changing them. */
import { useMutation } from '@tanstack/react-query';
import { body, http } from '@/api/http';
import { listed } from '@/api/listed';
import type { Schemas } from '@/api/types';
import { edit, remove } from '@/api/versions';
import { formatMoney } from '@/lib/money';
import { formatDuration } from '@/lib/time/format';
import { parseDuration } from '@/lib/time/parse';
import { useMoneyChanged } from './rates';

export type Budget = Schemas['BudgetState'];

/** So much of a budget: seconds, or a decimal. The contract has no more than an object. */
interface Size {
  durationSeconds?: number | null;
  amount?: string | null;
}

/** Hours as they are typed, in seconds: a bare number is hours. Null when it is none. */
export function readHours(text: string): number | null {
  const typed = text.trim();
  return parseDuration(/^\d+$/.test(typed) ? `${typed}h` : typed);
}

/** Seconds as they can be typed: `120`, or `37:30`. */
export function writeHours(seconds: number | null | undefined): string {
  if (!seconds) return '';
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = seconds % 60;
  const two = (part: number) => String(part).padStart(2, '0');
  const hours = String(Math.floor(seconds / 3600));
  if (rest > 0) return `${hours}:${two(minutes)}:${two(rest)}`;
  return minutes > 0 ? `${hours}:${two(minutes)}` : hours;
}

/** Percentages as they are typed, from the least on; null when one is no whole number. */
export function readPercents(text: string): number[] | null {
  const parts = text.split(/[\s,;%]+/).filter(Boolean);
  if (parts.some((part) => !/^\d{1,6}$/.test(part))) return null;
  return [...new Set(parts.map(Number))].sort((a, b) => a - b);
}

/** How large a size is, for the length of a bar only. */
function lengthOf({ durationSeconds, amount }: Size): number {
  return durationSeconds ?? Number(amount ?? 0);
}

function format({ durationSeconds, amount }: Size, currency: string | null): string {
  if (durationSeconds !== undefined && durationSeconds !== null)
    return formatDuration(Math.abs(durationSeconds));
  const text = (amount ?? '0').replace(/^-/, '');
  return currency ? formatMoney(text, currency) : text;
}

export interface Standing {
  size: string;
  used: string;
  /** What is left, or by how much more is used. */
  left: string;
  isOver: boolean;
  percent: number;
  /** Of a month that is not over: what will be used at its end, and in percent. */
  forecast: { text: string; percent: number } | null;
}

/** How a budget stands, as it is read. */
export function standing(budget: Budget): Standing {
  const { currency, percent } = budget;
  const [used, left, forecast] = [budget.used, budget.left, budget.forecast] as [Size, Size, Size | null];
  const whole = lengthOf(budget);
  return {
    size: format(budget, currency),
    used: format(used, currency),
    left: format(left, currency),
    isOver: lengthOf(left) < 0,
    percent,
    forecast: forecast && {
      text: format(forecast, currency),
      percent: whole > 0 ? Math.floor((lengthOf(forecast) / whole) * 100) : 0,
    },
  };
}

function get({ id }: Pick<Budget, 'id'>) {
  return listed(http.GET('/api/budgets'), id);
}

export function useBudgetChanges() {
  const onSettled = useMoneyChanged();
  return {
    create: useMutation({
      mutationFn: (budget: Schemas['CreateBudget']) => body(http.POST('/api/budgets', { body: budget })),
      onSettled,
    }).mutateAsync,
    change: useMutation({
      mutationFn: ({ budget, changes }: { budget: Budget; changes: Schemas['UpdateBudget'] }) =>
        edit<Schemas['Budget'], Schemas['UpdateBudget']>(
          budget,
          changes,
          () => get(budget),
          (rest, header) =>
            http.PATCH('/api/budgets/{budgetId}', {
              params: { path: { budgetId: budget.id }, header },
              body: rest,
            }),
        ),
      onSettled,
    }).mutateAsync,
    remove: useMutation({
      mutationFn: (budget: Budget) =>
        remove(
          budget,
          () => get(budget),
          (header) =>
            http.DELETE('/api/budgets/{budgetId}', { params: { path: { budgetId: budget.id }, header } }),
        ),
      onSettled,
    }).mutateAsync,
  };
}
