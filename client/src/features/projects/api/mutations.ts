import { useMutation, useQueryClient } from '@tanstack/react-query';
import { http } from '@/api/http';
import { keys } from '@/api/keys';
import type { Category, Project, UpdateCategory, UpdateProject } from '@/api/types';
import { edit, remove } from '@/api/versions';

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
    mutationFn: (project: Project) => {
      const params = { path: { projectId: project.id } };
      return remove(
        project,
        () => http.GET('/api/projects/{projectId}', { params }),
        (ifMatch) => http.DELETE('/api/projects/{projectId}', { params: { ...params, header: ifMatch } }),
      );
    },
    onSuccess: (_nothing, { id }) =>
      client.setQueryData<Project[]>(keys.projects, (list) => list?.filter((project) => project.id !== id)),
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
    mutationFn: (category: Category) => {
      const params = { path: { projectId: category.projectId, categoryId: category.id } };
      return remove(
        category,
        () => http.GET('/api/projects/{projectId}/categories/{categoryId}', { params }),
        (ifMatch) =>
          http.DELETE('/api/projects/{projectId}/categories/{categoryId}', {
            params: { ...params, header: ifMatch },
          }),
      );
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.categories }),
  });
}
