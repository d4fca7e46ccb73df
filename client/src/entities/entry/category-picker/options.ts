/** What the category picker offers for what has been typed. */
import { PATH_SEPARATOR, type Catalog, type CategoryPlace } from '@/entities/catalog/catalog';
import { rankPath } from '@/lib/rank';
import { t } from '@/messages/picker';

/** Things to make before the category is there: a project perhaps, then categories from the top down. */
export interface CreatePlan {
  project: { id: string; name: string } | { id: null; name: string };
  parentCategoryId: string | null;
  /** Names of what stands above the new ones, for the label. */
  parentPath: string[];
  names: string[];
}

export type PickerOption =
  | { kind: 'category'; key: string; place: CategoryPlace }
  | { kind: 'create'; key: string; plan: CreatePlan; color: string | null };

export interface PickerGroup {
  /** Of a project, its categories: the project is not said again with each of them. */
  kind: 'recent' | 'project' | 'found' | 'create';
  /** What tells it from others; two projects may have the same name. */
  key: string;
  label: string;
  items: PickerOption[];
}

const MAX_CREATE_PROJECTS = 3;

function sameName(a: string, b: string): boolean {
  return a.localeCompare(b, undefined, { sensitivity: 'accent' }) === 0;
}

function categoryOption(place: CategoryPlace, prefix = ''): PickerOption {
  return { kind: 'category', key: `${prefix}${place.category.id}`, place };
}

function createOption(catalog: Catalog, plan: CreatePlan): PickerOption {
  const project = plan.project.id === null ? undefined : catalog.project(plan.project.id);
  return {
    kind: 'create',
    key: `create:${plan.project.id ?? plan.project.name}:${plan.parentCategoryId ?? ''}:${plan.names.join('/')}`,
    plan,
    color: project?.color ?? null,
  };
}

/** Walks `Project / Category / …` as far as it exists and plans the rest; null when all of it exists. */
function planForPath(catalog: Catalog, segments: string[]): CreatePlan | null {
  const [projectName = '', ...categoryNames] = segments;
  const project = catalog.projects.find(
    (candidate) => !candidate.archived && sameName(candidate.name, projectName),
  );
  const names = categoryNames.length > 0 ? categoryNames : [t.picker.defaultCategory];
  if (!project)
    return { project: { id: null, name: projectName }, parentCategoryId: null, parentPath: [], names };

  let parentCategoryId: string | null = null;
  const parentPath: string[] = [];
  const missing = [...names];
  while (missing.length > 0) {
    const next = catalog.categories.find(
      (category) =>
        category.projectId === project.id &&
        category.parentCategoryId === parentCategoryId &&
        sameName(category.name, missing[0] ?? ''),
    );
    if (!next) break;
    parentCategoryId = next.id;
    parentPath.push(next.name);
    missing.shift();
  }
  if (missing.length === 0) return null;
  return { project: { id: project.id, name: project.name }, parentCategoryId, parentPath, names: missing };
}

function plansFor(catalog: Catalog, typed: string, projectIds: string[]): CreatePlan[] {
  const segments = typed
    .split('/')
    .map((segment) => segment.trim())
    .filter(Boolean);
  if (segments.length === 0) return [];
  if (typed.includes('/')) {
    const plan = planForPath(catalog, segments);
    return plan ? [plan] : [];
  }
  const inProjects = projectIds.slice(0, MAX_CREATE_PROJECTS).flatMap((projectId) => {
    const project = catalog.project(projectId);
    const plan = project && planForPath(catalog, [project.name, typed]);
    return plan ? [plan] : [];
  });
  const asProject = planForPath(catalog, [typed]);
  return asProject?.project.id === null ? [...inProjects, asProject] : inProjects;
}

/** The first `count` options, in their groups. */
export function firstOptions(groups: readonly PickerGroup[], count: number): PickerGroup[] {
  let left = count;
  return groups.flatMap((group) => {
    const items = group.items.slice(0, left);
    left -= items.length;
    return items.length > 0 ? [{ ...group, items }] : [];
  });
}

interface PickerInput {
  catalog: Catalog;
  query: string;
  /** Categories in which time was tracked lately, newest first. */
  recent: readonly string[];
  selected: string | null;
  /** What is missing may be made. */
  creates: boolean;
}

function unique(ids: (string | undefined)[]): string[] {
  return [...new Set(ids.filter((id) => id !== undefined))];
}

export function pickerGroups({ catalog, query, recent, selected, creates }: PickerInput): PickerGroup[] {
  const typed = query.trim();
  const open = catalog.places.filter((place) => !place.archived);
  const openProjects = catalog.projects.filter((project) => !project.archived);
  const lately = new Map(recent.map((id, index) => [id, index]));

  if (typed === '') {
    const latest = recent
      .map((id) => catalog.place(id))
      .filter((place) => place !== undefined && !place.archived)
      .slice(0, 5) as CategoryPlace[];
    const groups: PickerGroup[] = [
      {
        kind: 'recent',
        key: 'recent',
        label: t.picker.recent,
        items: latest.map((place) => categoryOption(place, 'recent:')),
      },
    ];
    for (const project of openProjects) {
      const client = catalog.client(project.clientId);
      const places = open.filter((place) => place.project.id === project.id);
      const first = planForPath(catalog, [project.name]);
      groups.push({
        kind: 'project',
        key: project.id,
        label: client ? `${client.name}${PATH_SEPARATOR}${project.name}` : project.name,
        items:
          places.length > 0
            ? places.map((place) => categoryOption(place))
            : creates && first?.project.id
              ? [createOption(catalog, first)]
              : [],
      });
    }
    return groups.filter((group) => group.items.length > 0);
  }

  const matches = open
    .flatMap((place, index) => {
      const above = [place.client?.name ?? '', place.project.name].filter(Boolean);
      const fit = rankPath({ path: place.path, above }, typed);
      if (fit === null) return [];
      return [{ place, fit, order: lately.get(place.category.id) ?? recent.length + index }];
    })
    .sort((a, b) => a.fit - b.fit || a.order - b.order)
    .map(({ place }) => categoryOption(place));

  const projectIds = unique([
    selected === null ? undefined : catalog.place(selected)?.project.id,
    ...recent.map((id) => catalog.place(id)?.project.id),
    ...openProjects.map((project) => project.id),
  ]).filter((id) => catalog.project(id)?.archived === false);
  const creations = (creates ? plansFor(catalog, typed, projectIds) : []).map((plan) =>
    createOption(catalog, plan),
  );

  const groups: PickerGroup[] = [
    { kind: 'found', key: 'found', label: t.picker.found, items: matches },
    { kind: 'create', key: 'create', label: t.picker.create, items: creations },
  ];
  return groups.filter((group) => group.items.length > 0);
}
