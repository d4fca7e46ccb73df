import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useCatalog } from '@/entities/catalog/catalog';
import { meQuery, useTimeZone } from '@/entities/me/me';
import { mayRole } from '@/entities/me/roles';
import { useToday } from '@/entities/me/use-today';
import { entriesOf, type Step } from '../drill';
import { toQuestion } from '../question';
import { daysOf } from '../ranges';
import type { ReportSearch } from '../search';

/** What the URL asks for today, where the person is. */
export function useReport(search: ReportSearch) {
  const timeZone = useTimeZone();
  const today = useToday();
  const catalog = useCatalog().data;
  const me = useQuery(meQuery);
  const days = daysOf(search, today);
  const parents = useMemo(
    () => new Map(catalog?.categories.map(({ id, parentCategoryId }) => [id, parentCategoryId])),
    [catalog],
  );
  return {
    timeZone,
    today,
    catalog,
    days,
    question: toQuestion(search, days, timeZone),
    /** Days begin where the person's time zone says: until that is known, no figure is a fact. */
    isReady: me.data !== undefined || me.isError,
    role: me.data?.role,
    seesAmounts: mayRole(me.data?.role, 'see_amounts'),
    /** The entries of a figure, by the groups that it lies in. */
    drill: (steps: readonly Step[], changes: Partial<ReportSearch> = {}) =>
      entriesOf({ ...search, ...changes }, steps, (id) => parents.get(id) ?? null),
  };
}
