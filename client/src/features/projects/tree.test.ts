import { describe, expect, it } from 'vitest';
import type { Category } from '@/api/types';
import { World } from '@/testing/world';
import { buildTree, dropPlace, flatten, orderAt, stepFrom, type Step } from './tree';

function setUp() {
  const world = new World();
  const site = world.project('Site');
  const [a, b, c] = ['A', 'B', 'C'].map((name) => world.category(site, name)) as [
    Category,
    Category,
    Category,
  ];
  const [b1, b2] = ['B1', 'B2'].map((name) => world.category(site, name, b)) as [Category, Category];
  const names = new Map(world.categories.map(({ id, name }) => [id, name]));
  const named = (ids: readonly string[]) => ids.map((id) => names.get(id)).join(' ');
  const tree = () => buildTree(world.categories);
  return { world, a, b, c, b1, b2, named, tree };
}

describe('the tree of categories', () => {
  it('has siblings in the order that was chosen, and the others by their names after them', () => {
    const { c, b2, tree } = setUp();
    c.position = 1;
    b2.position = 1;
    expect(flatten(tree()).map(({ category }) => category.name)).toEqual(['C', 'A', 'B', 'B2', 'B1']);
  });

  it('leaves out what lies below a category that is collapsed', () => {
    const { b, tree } = setUp();
    expect(flatten(tree(), new Set([b.id])).map(({ category }) => category.name)).toEqual(['A', 'B', 'C']);
  });

  it('goes one step among siblings, in and out', () => {
    const { a, b, c, b1, b2, tree, named } = setUp();
    const after = (category: Category, step: Step) => {
      const place = stepFrom(tree(), category, step);
      return place && [named([place.parentId ?? '']), named(orderAt(tree(), category.id, place))];
    };
    expect(after(b, 'up')).toEqual(['', 'B A C']);
    expect(after(b, 'down')).toEqual(['', 'A C B']);
    expect(after(c, 'down')).toBeNull();
    expect(after(a, 'up')).toBeNull();
    expect(after(c, 'in')).toEqual(['B', 'B1 B2 C']);
    expect(after(a, 'in')).toBeNull();
    expect(after(b1, 'out')).toEqual(['', 'A B B1 C']);
    expect(after(b2, 'up')).toEqual(['B', 'B2 B1']);
    expect(after(a, 'out')).toBeNull();
  });

  it('takes what is dropped above, into and below a row, and nothing into itself', () => {
    const { a, b, c, b1, tree, named } = setUp();
    const dropped = (moving: Category, over: Category, part: 'before' | 'inside' | 'after') => {
      const target = flatten(tree()).find(({ category }) => category.id === over.id);
      const place = target && dropPlace(tree(), moving.id, target, part);
      return place && [named([place.parentId ?? '']), named(orderAt(tree(), moving.id, place))];
    };
    expect(dropped(c, a, 'before')).toEqual(['', 'C A B']);
    expect(dropped(a, c, 'after')).toEqual(['', 'B C A']);
    expect(dropped(a, b, 'inside')).toEqual(['B', 'B1 B2 A']);
    expect(dropped(a, b1, 'before')).toEqual(['B', 'A B1 B2']);
    expect(dropped(b, b1, 'inside')).toBeNull();
    expect(dropped(a, a, 'after')).toBeNull();
  });
});
