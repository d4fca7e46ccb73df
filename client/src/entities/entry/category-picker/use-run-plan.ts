import { useCreateCategory, useCreateProject } from '@/entities/catalog/catalog';
import type { Category } from '@/api/types';
import type { CreatePlan } from './options';

/** Makes what a plan names, from the top down; the answer is the category to track time on. */
export function useRunPlan() {
  const createProject = useCreateProject();
  const createCategory = useCreateCategory();
  return async (plan: CreatePlan): Promise<Category> => {
    const projectId = plan.project.id ?? (await createProject.mutateAsync({ name: plan.project.name })).id;
    let parentCategoryId = plan.parentCategoryId;
    let made: Category | undefined;
    for (const name of plan.names) {
      made = await createCategory.mutateAsync({ projectId, name, parentCategoryId });
      parentCategoryId = made.id;
    }
    if (!made) throw new Error('A plan names at least one category');
    return made;
  };
}
