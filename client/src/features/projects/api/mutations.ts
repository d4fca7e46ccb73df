import { useMutation, useQueryClient } from '@tanstack/react-query';
import { body, http } from '@/api/http';
import { keys } from '@/api/keys';
import type { Category, Project, UpdateCategory, UpdateProject } from '@/api/types';
import { edit } from '@/api/versions';

function put<T extends { id: string }>(list: T[] | undefined, item: T): T[] | undefined {
  return list?.map((candidate) => (candidate.id === item.id ? item : candidate));
}

export function useEditProject() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ project, changes }: { project: Project; changes: UpdateProject }) => {
      const params = { path: { projectId: project.id } };
      return edit(
        project,
        () => http.GET('/api/projects/{projectId}', { params }),
        (ifMatch) =>
          http.PATCH('/api/projects/{projectId}', { params: { ...params, header: ifMatch }, body: changes }),
      );
    },
    onSuccess: (project) => client.setQueryData<Project[]>(keys.projects, (list) => put(list, project)),
    onSettled: () => client.invalidateQueries({ queryKey: keys.projects }),
  });
}

export function useDeleteProject() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (projectId: string) =>
      body(http.DELETE('/api/projects/{projectId}', { params: { path: { projectId } } })),
    onSuccess: (_nothing, projectId) =>
      client.setQueryData<Project[]>(keys.projects, (list) =>
        list?.filter((project) => project.id !== projectId),
      ),
    onSettled: () => client.invalidateQueries({ queryKey: keys.projects }),
  });
}

export function useEditCategory() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ category, changes }: { category: Category; changes: UpdateCategory }) => {
      const params = { path: { projectId: category.projectId, categoryId: category.id } };
      return edit(
        category,
        () => http.GET('/api/projects/{projectId}/categories/{categoryId}', { params }),
        (ifMatch) =>
          http.PATCH('/api/projects/{projectId}/categories/{categoryId}', {
            params: { ...params, header: ifMatch },
            body: changes,
          }),
      );
    },
    onSuccess: (category) => client.setQueryData<Category[]>(keys.categories, (list) => put(list, category)),
    onSettled: () => client.invalidateQueries({ queryKey: keys.categories }),
  });
}

export function useDeleteCategory() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ projectId, id: categoryId }: Category) =>
      body(
        http.DELETE('/api/projects/{projectId}/categories/{categoryId}', {
          params: { path: { projectId, categoryId } },
        }),
      ),
    onSettled: () => client.invalidateQueries({ queryKey: keys.categories }),
  });
}
