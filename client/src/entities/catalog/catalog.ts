import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { body, http } from '@/api/http';
import { keys } from '@/api/keys';
import { locale } from '@/lib/time/format';
import type { Category, Client, CreateCategory, CreateProject, Project, Tag } from '@/api/types';

export const clientsQuery = queryOptions({
  queryKey: keys.clients,
  queryFn: ({ signal }) => body(http.GET('/api/clients', { signal })),
});

export const projectsQuery = queryOptions({
  queryKey: keys.projects,
  queryFn: ({ signal }) => body(http.GET('/api/projects', { signal })),
});

export const categoriesQuery = queryOptions({
  queryKey: keys.categories,
  queryFn: ({ signal }) => body(http.GET('/api/categories', { signal })),
});

export const tagsQuery = queryOptions({
  queryKey: keys.tags,
  queryFn: ({ signal }) => body(http.GET('/api/tags', { signal })),
});

/** A category with everything that its place in the structure tells. */
export interface CategoryPlace {
  category: Category;
  project: Project;
  client: Client | null;
  /** Names from the root of the tree down to the category itself. */
  path: string[];
  color: string;
  /** The category, an ancestor or the project is archived: no new time goes there. */
  archived: boolean;
}

/** Between the names of a path. */
export const PATH_SEPARATOR = ' / ';

export interface Catalog {
  clients: Client[];
  projects: Project[];
  categories: Category[];
  places: CategoryPlace[];
  place: (categoryId: string) => CategoryPlace | undefined;
  project: (projectId: string) => Project | undefined;
  client: (clientId: string | null) => Client | undefined;
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name.localeCompare(b.name, locale(), { numeric: true, sensitivity: 'base' });
}

const LAST_PLACE = 2 ** 31;

/** Siblings in the order that was chosen; those without a place follow by their names. */
export function compareSiblings(
  a: Pick<Category, 'position' | 'name'>,
  b: Pick<Category, 'position' | 'name'>,
): number {
  return (a.position ?? LAST_PLACE) - (b.position ?? LAST_PLACE) || byName(a, b);
}

export function buildCatalog(clients: Client[], projects: Project[], categories: Category[]): Catalog {
  const clientById = new Map(clients.map((client) => [client.id, client]));
  const projectById = new Map(projects.map((project) => [project.id, project]));
  const categoryById = new Map(categories.map((category) => [category.id, category]));
  const placeById = new Map<string, CategoryPlace>();

  /** From the root of its tree down to each category. */
  const lines = new Map<string, Category[]>();
  const compareLines = (a: Category[], b: Category[]): number => {
    const apart = a.findIndex((category, index) => category.id !== b[index]?.id);
    const [one, other] = [a[apart], b[apart]];
    return one && other ? compareSiblings(one, other) : a.length - b.length;
  };

  function placeOf(category: Category): CategoryPlace | undefined {
    const known = placeById.get(category.id);
    if (known) return known;
    const project = projectById.get(category.projectId);
    if (!project) return undefined;
    const parentCategory = category.parentCategoryId
      ? categoryById.get(category.parentCategoryId)
      : undefined;
    const parent = parentCategory && placeOf(parentCategory);
    const place = {
      category,
      project,
      client: (project.clientId === null ? null : clientById.get(project.clientId)) ?? null,
      path: [...(parent?.path ?? []), category.name],
      color: category.color ?? parent?.color ?? project.color,
      archived: category.archived || project.archived || (parent?.archived ?? false),
    };
    placeById.set(category.id, place);
    lines.set(category.id, [...(parent ? (lines.get(parent.category.id) ?? []) : []), category]);
    return place;
  }

  const places = categories
    .map(placeOf)
    .filter((place) => place !== undefined)
    .sort(
      (a, b) =>
        byName(a.project, b.project) ||
        compareLines(lines.get(a.category.id) ?? [], lines.get(b.category.id) ?? []),
    );

  return {
    clients: [...clients].sort(byName),
    projects: [...projects].sort(byName),
    categories,
    places,
    place: (id) => placeById.get(id),
    project: (id) => projectById.get(id),
    client: (id) => (id === null ? undefined : clientById.get(id)),
  };
}

let latest: { from: [Client[], Project[], Category[]]; catalog: Catalog } | undefined;

/** The catalogue is asked for in many places and built once. */
function sharedCatalog(...from: [Client[], Project[], Category[]]): Catalog {
  if (!latest || latest.from.some((list, index) => list !== from[index]))
    latest = { from, catalog: buildCatalog(...from) };
  return latest.catalog;
}

/** Clients, projects and categories as one; `data` is undefined until all three are there. */
export function useCatalog() {
  const clients = useQuery(clientsQuery);
  const projects = useQuery(projectsQuery);
  const categories = useQuery(categoriesQuery);
  const data = useMemo(
    () =>
      clients.data && projects.data && categories.data
        ? sharedCatalog(clients.data, projects.data, categories.data)
        : undefined,
    [clients.data, projects.data, categories.data],
  );
  const error = data ? null : (clients.error ?? projects.error ?? categories.error);
  return {
    data,
    error,
    refetch: () => Promise.all([clients.refetch(), projects.refetch(), categories.refetch()]),
  };
}

/** Tags by name, and one tag by its id. */
export function useTags() {
  const query = useQuery(tagsQuery);
  const tags = useMemo(() => [...(query.data ?? [])].sort(byName), [query.data]);
  const byId = useMemo(() => new Map(tags.map((tag) => [tag.id, tag])), [tags]);
  return { query, tags, byId };
}

function append<T>(list: T[] | undefined, item: T): T[] {
  return [...(list ?? []), item];
}

export function useCreateProject() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (project: CreateProject) => body(http.POST('/api/projects', { body: project })),
    onSuccess: (project) => {
      client.setQueryData<Project[]>(keys.projects, (list) => append(list, project));
      return client.invalidateQueries({ queryKey: keys.projects });
    },
  });
}

export function useCreateCategory() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ projectId, ...category }: CreateCategory & { projectId: string }) =>
      body(
        http.POST('/api/projects/{projectId}/categories', {
          params: { path: { projectId } },
          body: category,
        }),
      ),
    onSuccess: (category) => {
      client.setQueryData<Category[]>(keys.categories, (list) => append(list, category));
      return client.invalidateQueries({ queryKey: keys.categories });
    },
  });
}

export function useCreateTag() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => body(http.POST('/api/tags', { body: { name } })),
    onSuccess: (tag) => {
      client.setQueryData<Tag[]>(keys.tags, (list) => append(list, tag));
      return client.invalidateQueries({ queryKey: keys.tags });
    },
  });
}

export function useCreateClient() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => body(http.POST('/api/clients', { body: { name } })),
    onSuccess: (made) => {
      client.setQueryData<Client[]>(keys.clients, (list) => append(list, made));
      return client.invalidateQueries({ queryKey: keys.clients });
    },
  });
}
