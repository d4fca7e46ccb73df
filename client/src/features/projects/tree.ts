import { locale } from '@/lib/time/format';
import type { Category } from '@/api/types';

export interface TreeNode {
  category: Category;
  depth: number;
  children: TreeNode[];
  /** The category or one above it is archived. */
  archived: boolean;
}

/** The categories of a project as a tree, each level by name. */
export function buildTree(categories: readonly Category[]): TreeNode[] {
  const byParent = new Map<string | null, Category[]>();
  for (const category of categories) {
    const siblings = byParent.get(category.parentCategoryId) ?? [];
    byParent.set(category.parentCategoryId, [...siblings, category]);
  }
  const level = (parentId: string | null, depth: number, archived: boolean): TreeNode[] =>
    (byParent.get(parentId) ?? [])
      .sort((a, b) => a.name.localeCompare(b.name, locale(), { numeric: true, sensitivity: 'base' }))
      .map((category) => ({
        category,
        depth,
        archived: archived || category.archived,
        children: level(category.id, depth + 1, archived || category.archived),
      }));
  return level(null, 0, false);
}

/** The tree from top to bottom. */
export function flatten(nodes: readonly TreeNode[]): TreeNode[] {
  return nodes.flatMap((node) => [node, ...flatten(node.children)]);
}

/** Where a category may go: anywhere but into itself or what is below it. */
export function possibleParents(nodes: readonly TreeNode[], moving: string): TreeNode[] {
  return nodes.flatMap((node) =>
    node.category.id === moving ? [] : [node, ...possibleParents(node.children, moving)],
  );
}
