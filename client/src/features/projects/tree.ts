import { compareSiblings } from '@/entities/catalog/catalog';
import type { Category } from '@/api/types';

export interface TreeNode {
  category: Category;
  depth: number;
  children: TreeNode[];
  /** The category or one above it is archived. */
  archived: boolean;
}

/** The categories of a project as a tree, each level in the order that was chosen, and then by name. */
export function buildTree(categories: readonly Category[]): TreeNode[] {
  const byParent = new Map<string | null, Category[]>();
  for (const category of categories) {
    const siblings = byParent.get(category.parentCategoryId) ?? [];
    byParent.set(category.parentCategoryId, [...siblings, category]);
  }
  const level = (parentId: string | null, depth: number, archived: boolean): TreeNode[] =>
    (byParent.get(parentId) ?? []).sort(compareSiblings).map((category) => ({
      category,
      depth,
      archived: archived || category.archived,
      children: level(category.id, depth + 1, archived || category.archived),
    }));
  return level(null, 0, false);
}

/** The tree from top to bottom, without what lies below those that are collapsed. */
export function flatten(nodes: readonly TreeNode[], collapsed: ReadonlySet<string> = new Set()): TreeNode[] {
  return nodes.flatMap((node) => [
    node,
    ...(collapsed.has(node.category.id) ? [] : flatten(node.children, collapsed)),
  ]);
}

/** Where a category may go: anywhere but into itself or what is below it. */
export function possibleParents(nodes: readonly TreeNode[], moving: string): TreeNode[] {
  return nodes.flatMap((node) =>
    node.category.id === moving ? [] : [node, ...possibleParents(node.children, moving)],
  );
}

/** A place in the tree: below a category, or at the top, and before which of its children; null is the end. */
export interface Place {
  parentId: string | null;
  beforeId: string | null;
}

function siblingsOf(nodes: readonly TreeNode[], parentId: string | null): readonly TreeNode[] {
  if (parentId === null) return nodes;
  return flatten(nodes).find(({ category }) => category.id === parentId)?.children ?? [];
}

/** The children of a place in their order, once a category is there. */
export function orderAt(nodes: readonly TreeNode[], moving: string, { parentId, beforeId }: Place): string[] {
  const others = siblingsOf(nodes, parentId)
    .map(({ category }) => category.id)
    .filter((id) => id !== moving);
  const index = beforeId === null ? others.length : others.indexOf(beforeId);
  const at = index === -1 ? others.length : index;
  return [...others.slice(0, at), moving, ...others.slice(at)];
}

export type Step = 'up' | 'down' | 'in' | 'out';

/** Where one step leads: among its siblings, below the one before it, or one level up; null where there is no way. */
export function stepFrom(nodes: readonly TreeNode[], category: Category, step: Step): Place | null {
  const { parentCategoryId: parentId } = category;
  const siblings = siblingsOf(nodes, parentId).map((node) => node.category.id);
  const index = siblings.indexOf(category.id);
  switch (step) {
    case 'up': {
      const before = siblings[index - 1];
      return before === undefined ? null : { parentId, beforeId: before };
    }
    case 'down':
      return index === siblings.length - 1 ? null : { parentId, beforeId: siblings[index + 2] ?? null };
    case 'in': {
      const before = siblings[index - 1];
      return before === undefined ? null : { parentId: before, beforeId: null };
    }
    case 'out': {
      const parent = flatten(nodes).find((node) => node.category.id === parentId)?.category;
      if (!parent) return null;
      const above = siblingsOf(nodes, parent.parentCategoryId).map((node) => node.category.id);
      return {
        parentId: parent.parentCategoryId,
        beforeId: above[above.indexOf(parent.id) + 1] ?? null,
      };
    }
  }
}

/** Where a row is dropped on another one: above it, into it, or below it. */
export function dropPlace(
  nodes: readonly TreeNode[],
  moving: string,
  over: TreeNode,
  part: 'before' | 'inside' | 'after',
): Place | null {
  if (over.category.id === moving) return null;
  if (!possibleParents(nodes, moving).some((node) => node.category.id === over.category.id)) return null;
  const { parentCategoryId: parentId, id } = over.category;
  if (part === 'inside') return { parentId: id, beforeId: null };
  if (part === 'before') return { parentId, beforeId: id };
  const siblings = siblingsOf(nodes, parentId).map((node) => node.category.id);
  const next = siblings.slice(siblings.indexOf(id) + 1).find((other) => other !== moving);
  return { parentId, beforeId: next ?? null };
}
