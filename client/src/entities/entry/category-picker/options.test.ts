import { describe, expect, it } from 'vitest';
import { buildCatalog } from '@/entities/catalog/catalog';
import { World } from '@/testing/world';
import { pickerGroups, type PickerOption } from './options';

function setUp() {
  const world = new World();
  const acme = world.client('Acme');
  const site = world.project('Site', { clientId: acme.id });
  const app = world.project('App');
  const design = world.category(site, 'Design');
  const logo = world.category(site, 'Logo', design);
  const api = world.category(app, 'API');
  const catalog = () => buildCatalog(world.clients, world.projects, world.categories);
  const groups = (query: string, recent: string[] = [], selected: string | null = null, creates = true) =>
    pickerGroups({ catalog: catalog(), query, recent, selected, creates });
  return { world, site, app, design, logo, api, groups };
}

function say(option: PickerOption): string {
  if (option.kind === 'category') return [option.place.project.name, ...option.place.path].join('/');
  const { project, parentPath, names } = option.plan;
  return `+ ${project.id === null ? '*' : ''}${[project.name, ...parentPath].join('/')} > ${names.join('/')}`;
}

describe('pickerGroups', () => {
  it('offers nothing to make to users who may not make it', () => {
    const { world, groups } = setUp();
    world.project('Empty');
    expect(groups('', [], null, false).map(({ label }) => label)).not.toContain('Empty');
    expect(groups('Something new', [], null, false)).toEqual([]);
    expect(groups('', []).map(({ label }) => label)).toContain('Empty');
  });

  it('offers recent categories first, then every project with its tree', () => {
    const { groups, api } = setUp();
    expect(groups('', [api.id]).map((group) => [group.label, group.items.map(say)])).toEqual([
      ['Recent', ['App/API']],
      ['App', ['App/API']],
      ['Acme / Site', ['Site/Design', 'Site/Design/Logo']],
    ]);
  });

  it('finds by client, project and path, in any order of words', () => {
    const { groups } = setUp();
    expect(groups('logo acme')[0]?.items.map(say)).toEqual(['Site/Design/Logo']);
    expect(groups('site')[0]?.items.map(say)).toEqual(['Site/Design', 'Site/Design/Logo']);
  });

  it('puts what was used lately first among what matches', () => {
    const { groups, logo } = setUp();
    expect(groups('site', [logo.id])[0]?.items.map(say)).toEqual(['Site/Design/Logo', 'Site/Design']);
  });

  it('offers to create an unknown name in the project at hand, in others and as a project', () => {
    const { groups, logo } = setUp();
    expect(groups('Icons', [], logo.id).flatMap((group) => group.items.map(say))).toEqual([
      '+ Site > Icons',
      '+ App > Icons',
      '+ *Icons > General',
    ]);
  });

  it('creates along a path only what is missing', () => {
    const { groups } = setUp();
    const offered = (query: string) => groups(query).flatMap((group) => group.items.map(say));
    expect(offered('site / design / Icons / Small')).toEqual(['+ Site/Design > Icons/Small']);
    expect(offered('New / One')).toEqual(['+ *New > One']);
    expect(offered('Site / Design / Logo')).toEqual(['Site/Design/Logo']);
  });

  it('offers a first category for a project that has none', () => {
    const { world, groups } = setUp();
    world.project('Empty');
    expect(
      groups('')
        .find((group) => group.label === 'Empty')
        ?.items.map(say),
    ).toEqual(['+ Empty > General']);
  });

  it('leaves out what is archived, and all that is below it', () => {
    const { world, groups, design, app } = setUp();
    world.categories = world.categories.map((category) =>
      category.id === design.id ? { ...category, archived: true } : category,
    );
    world.projects = world.projects.map((project) =>
      project.id === app.id ? { ...project, archived: true } : project,
    );
    // Site has no open category left, so a first one is offered; App is not offered at all.
    expect(groups('', [design.id]).flatMap((group) => group.items.map(say))).toEqual(['+ Site > General']);
  });

  it('tells groups apart whatever projects are called', () => {
    const { world, groups, api } = setUp();
    for (const name of ['Recent', 'Create', 'Recent']) world.category(world.project(name), 'Work');
    const found = groups('', [api.id]);
    expect(new Set(found.map((group) => group.key)).size).toBe(found.length);
    expect(found.map((group) => group.kind)).toEqual(['recent', ...found.slice(1).map(() => 'project')]);
    expect(groups('new thing').map((group) => group.kind)).toEqual(['create']);
  });
});
