/** What the palette offers for what has been typed. */
import type { Entry, Project } from '@/api/types';
import { PATH_SEPARATOR, type Catalog, type CategoryPlace } from '@/entities/catalog/catalog';
import { rank } from '@/lib/rank';
import { t } from '@/messages/later';

export interface Command {
  id: string;
  label: string;
  run: () => void;
}

export type PaletteItem = { key: string; label: string } & (
  | { kind: 'command'; command: Command }
  | { kind: 'project'; project: Project }
  | { kind: 'category'; place: CategoryPlace }
  | { kind: 'entry'; entry: Entry; place: CategoryPlace | undefined }
);

export interface PaletteGroup {
  key: string;
  label: string;
  items: PaletteItem[];
}

const MAX_OF_A_GROUP = 6;

interface PaletteInput {
  query: string;
  commands: { actions: Command[]; pages: Command[]; tracks: boolean };
  catalog: Catalog | undefined;
  /** What the server found, newest first. */
  entries: readonly Entry[];
  /** It was found for what was typed before: of that, only what fits is offered. */
  areOld: boolean;
}

function matching<T extends PaletteItem>(items: readonly T[], query: string): T[] {
  if (query === '') return [...items];
  return items
    .map((item) => ({ item, order: rank(item.label, query) }))
    .filter(({ order }) => order !== null)
    .sort((a, b) => (a.order ?? 0) - (b.order ?? 0))
    .map(({ item }) => item);
}

/** Newest first, each description in each category once. */
function distinct(entries: readonly Entry[]): Entry[] {
  const seen = new Map<string, Entry>();
  for (const entry of entries) {
    const key = `${entry.categoryId}\n${entry.description}`;
    if (entry.stoppedAt !== null && !seen.has(key)) seen.set(key, entry);
  }
  return [...seen.values()];
}

export function paletteGroups({ query, commands, catalog, entries, areOld }: PaletteInput): PaletteGroup[] {
  const commandItem = (command: Command): PaletteItem => ({
    kind: 'command',
    key: command.id,
    label: command.label,
    command,
  });
  const projects = (catalog?.projects ?? [])
    .filter((project) => !project.archived)
    .map((project): PaletteItem => ({ kind: 'project', key: project.id, label: project.name, project }));
  const categories = (catalog?.places ?? [])
    .filter((place) => !place.archived)
    .map((place): PaletteItem => ({
      kind: 'category',
      key: place.category.id,
      label: t.palette.startFor([place.project.name, ...place.path].join(PATH_SEPARATOR)),
      place,
    }));
  const found = distinct(entries).map((entry): PaletteItem => {
    const place = catalog?.place(entry.categoryId);
    return {
      kind: 'entry',
      key: entry.id,
      label: entry.description || (place?.path.join(PATH_SEPARATOR) ?? t.entry.unnamed),
      entry,
      place,
    };
  });
  const groups: PaletteGroup[] = [
    { key: 'actions', label: t.palette.actions, items: matching(commands.actions.map(commandItem), query) },
    { key: 'pages', label: t.palette.pages, items: matching(commands.pages.map(commandItem), query) },
    { key: 'projects', label: t.palette.projects, items: query === '' ? [] : matching(projects, query) },
    {
      key: 'categories',
      label: t.picker.found,
      items: commands.tracks && query !== '' ? matching(categories, query) : [],
    },
    {
      key: 'entries',
      label: t.palette.entries,
      items: commands.tracks ? (areOld ? matching(found, query) : found) : [],
    },
  ];
  return groups
    .map((group) => ({ ...group, items: group.items.slice(0, MAX_OF_A_GROUP) }))
    .filter((group) => group.items.length > 0);
}
