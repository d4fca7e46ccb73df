/** Changing and deleting clients, projects, categories and tags: one way for all of them. */
import { useMutation, useQueryClient, type QueryKey } from '@tanstack/react-query';
import { answered, http } from '@/api/http';
import { keys } from '@/api/keys';
import type {
  Category,
  Client,
  Project,
  Tag,
  UpdateCategory,
  UpdateClient,
  UpdateProject,
  UpdateTag,
} from '@/api/types';
import { edit, remove } from '@/api/versions';

type Answer<T> = Promise<{ data?: T; error?: unknown; response: Response }>;
interface IfMatch {
  'If-Match'?: string;
}

interface Item {
  id: string;
  updatedAt: string;
}

interface Resource<T extends Item, Changes extends object> {
  /** The query of the list that it stands in. */
  list: QueryKey;
  /** Queries that show something else once it is gone. */
  alsoShownIn?: readonly QueryKey[];
  get: (item: T) => Answer<T>;
  patch: (item: T, body: Changes, header: IfMatch) => Answer<T>;
  /** With `below`, also what is in it. */
  delete: (item: T, header: IfMatch, below: boolean) => Answer<unknown>;
}

export const clients: Resource<Client, UpdateClient> = {
  list: keys.clients,
  get: ({ id }) => http.GET('/api/clients/{clientId}', { params: { path: { clientId: id } } }),
  patch: ({ id }, body, header) =>
    http.PATCH('/api/clients/{clientId}', { params: { path: { clientId: id }, header }, body }),
  delete: ({ id }, header) =>
    http.DELETE('/api/clients/{clientId}', { params: { path: { clientId: id }, header } }),
};

export const projects: Resource<Project, UpdateProject> = {
  list: keys.projects,
  get: ({ id }) => http.GET('/api/projects/{projectId}', { params: { path: { projectId: id } } }),
  patch: ({ id }, body, header) =>
    http.PATCH('/api/projects/{projectId}', { params: { path: { projectId: id }, header }, body }),
  alsoShownIn: [keys.categories],
  delete: ({ id }, header, below) =>
    http.DELETE('/api/projects/{projectId}', {
      params: {
        path: { projectId: id },
        header,
        ...(below ? { query: { includeCategories: true } } : {}),
      },
    }),
};

function categoryPath({ id, projectId }: Category) {
  return { projectId, categoryId: id };
}

export const categories: Resource<Category, UpdateCategory> = {
  list: keys.categories,
  get: (category) =>
    http.GET('/api/projects/{projectId}/categories/{categoryId}', {
      params: { path: categoryPath(category) },
    }),
  patch: (category, body, header) =>
    http.PATCH('/api/projects/{projectId}/categories/{categoryId}', {
      params: { path: categoryPath(category), header },
      body,
    }),
  delete: (category, header, below) =>
    http.DELETE('/api/projects/{projectId}/categories/{categoryId}', {
      params: {
        path: categoryPath(category),
        header,
        ...(below ? { query: { includeSubcategories: true } } : {}),
      },
    }),
};

export const tags: Resource<Tag, UpdateTag> = {
  list: keys.tags,
  alsoShownIn: [keys.entries],
  get: ({ id }) => http.GET('/api/tags/{tagId}', { params: { path: { tagId: id } } }),
  patch: ({ id }, body, header) =>
    http.PATCH('/api/tags/{tagId}', { params: { path: { tagId: id }, header }, body }),
  delete: ({ id }, header) => http.DELETE('/api/tags/{tagId}', { params: { path: { tagId: id }, header } }),
};

/** Changes one as it was seen. */
export function useEdit<T extends Item, Changes extends object>(resource: Resource<T, Changes>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ item, changes }: { item: T; changes: Changes }) =>
      edit(
        item,
        changes,
        () => resource.get(item),
        (body, ifMatch) => resource.patch(item, body, ifMatch),
      ),
    onSuccess: (next) =>
      client.setQueryData<T[]>(resource.list, (list) =>
        list?.map((item) => (item.id === next.id ? next : item)),
      ),
    onSettled: () => client.invalidateQueries({ queryKey: resource.list }),
  });
}

/** Puts a category at a place: among the children of another one, or at the top, in an order. */
export function useMoveCategory() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ category, parentId, order }: MoveRequest) => {
      if (category.parentCategoryId !== parentId) {
        await edit(
          category,
          { parentCategoryId: parentId },
          () => categories.get(category),
          (body, ifMatch) => categories.patch(category, body, ifMatch),
        );
      }
      await answered(
        http.POST('/api/projects/{projectId}/categories/order', {
          params: { path: { projectId: category.projectId } },
          body: { parentCategoryId: parentId, categoryIds: order },
        }),
      );
    },
    onMutate: async ({ category, parentId, order }) => {
      await client.cancelQueries({ queryKey: keys.categories });
      const before = client.getQueryData<Category[]>(keys.categories);
      const places = new Map(order.map((id, index) => [id, index + 1]));
      client.setQueryData<Category[]>(keys.categories, (list) =>
        list?.map((one) => {
          const next = one.id === category.id ? { ...one, parentCategoryId: parentId } : one;
          const isThere = next.projectId === category.projectId && next.parentCategoryId === parentId;
          return isThere ? { ...next, position: places.get(next.id) ?? null } : next;
        }),
      );
      return before;
    },
    onError: (_error, _move, before) => client.setQueryData(keys.categories, before),
    onSettled: () => client.invalidateQueries({ queryKey: keys.categories }),
  });
}

export interface MoveRequest {
  category: Category;
  parentId: string | null;
  /** The children of that place in their order, the moved one among them. */
  order: string[];
}

/** Deletes one as it was seen, with `below` also what is in it. */
export function useDelete<T extends Item, Changes extends object>(
  resource: Resource<T, Changes>,
  below = false,
) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (item: T) =>
      remove(
        item,
        () => resource.get(item),
        (ifMatch) => resource.delete(item, ifMatch, below),
      ),
    onSuccess: (_nothing, { id }) =>
      client.setQueryData<T[]>(resource.list, (list) => list?.filter((item) => item.id !== id)),
    onSettled: () =>
      Promise.all(
        [resource.list, ...(resource.alsoShownIn ?? [])].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      ),
  });
}
