import { useQuery } from '@tanstack/react-query';
import { PATH_SEPARATOR, useCatalog, useTags } from '@/entities/catalog/catalog';
import { useTimeZone, meQuery } from '@/entities/me/me';
import { useMembers } from '@/entities/me/members';
import { useToday } from '@/entities/me/use-today';
import { t } from '@/messages/later';
import type { FilterOption } from '../components/filter-menu';
import { summaryQuery } from '../queries';
import { toQuestion } from '../question';
import { daysOf } from '../ranges';
import { NONE, type ReportSearch } from '../search';

/** The filters that are lists of ids. */
type FilterKind = 'project' | 'client' | 'category' | 'tag' | 'member';

interface Filter {
  kind: FilterKind;
  choices: FilterOption[];
}

/** The members whose entries the person may see: all of them, or, for plain members, those whose entries the range has. */
function useMemberOptions(search: ReportSearch): FilterOption[] {
  const me = useQuery(meQuery).data;
  const timeZone = useTimeZone();
  const today = useToday();
  const members = useMembers().data ?? [];
  const isPlain = me?.role === 'member';
  const { range, from, to } = search;
  const question = toQuestion({ range, from, to }, daysOf(search, today), timeZone);
  const seen = useQuery({ ...summaryQuery(question, { groupBy: ['member'] }), enabled: isPlain }).data;
  const ids = new Set(seen?.groups.map(({ key }) => key));
  const visible = isPlain ? members.filter(({ id }) => ids.has(id)) : members;
  const others = visible.filter(({ id }) => id !== me?.user.id);
  if (others.length === 0) return [];
  return visible.map(({ id, name, leftAt }) => ({
    id,
    label: name,
    note: leftAt === null ? undefined : t.reports.formerMember,
  }));
}

/** What the report can be narrowed to; without anything to choose from there is no filter. */
export function useFilterOptions(search: ReportSearch): Filter[] {
  const catalog = useCatalog().data;
  const { tags } = useTags();
  const members = useMemberOptions(search);
  const archived = (is: boolean) => (is ? t.reports.archived : undefined);

  const clients = (catalog?.clients ?? []).map(({ id, name, archived: is }) => ({
    id,
    label: name,
    note: archived(is),
  }));
  const projects = (catalog?.projects ?? []).map(({ id, name, color, clientId, archived: is }) => ({
    id,
    label: name,
    color,
    note: archived(is) ?? catalog?.client(clientId)?.name,
  }));
  const { project } = search;
  const categories = (catalog?.places ?? [])
    .filter((place) => !project || project.includes(place.project.id))
    .map((place) => ({
      id: place.category.id,
      label: place.path.at(-1) ?? '',
      color: place.color,
      depth: place.path.length - 1,
      note: [place.project.name, ...place.path.slice(0, -1)].join(PATH_SEPARATOR),
    }));
  const filters: Filter[] = [
    { kind: 'project', choices: projects },
    {
      kind: 'client',
      choices: clients.length > 0 ? [...clients, { id: NONE, label: t.reports.noClient, alone: true }] : [],
    },
    { kind: 'category', choices: categories },
    {
      kind: 'tag',
      choices:
        tags.length > 0
          ? [
              ...tags.map(({ id, name }) => ({ id, label: name })),
              { id: NONE, label: t.reports.noTag, alone: true },
            ]
          : [],
    },
    { kind: 'member', choices: members },
  ];
  return filters.filter(({ kind, choices }) => choices.length > 0 || search[kind] !== undefined);
}
