import { describe, expect, it } from 'vitest';
import { buildCatalog } from '@/entities/catalog/catalog';
import { World } from '@/testing/world';
import { readQuickEntry, saysMore } from './quick-entry';

function setUp() {
  const world = new World();
  const site = world.project('Website');
  world.category(site, 'Design');
  world.category(site, 'Design review');
  world.category(site, 'Build');
  const tags = [world.tag('On site'), world.tag('Memo')];
  const catalog = buildCatalog(world.clients, world.projects, world.categories);
  return (line: string) => {
    const {
      text,
      range,
      place,
      tags: chosen,
      billable,
    } = readQuickEntry(line, { catalog, tags, recent: [] });
    const clock = ({ hour, minute }: { hour: number; minute: number }) => `${hour}:${minute}`;
    return [
      text,
      range && `${clock(range.from)} ${clock(range.to)}`,
      place?.path.join(' / ') ?? null,
      chosen.map(({ name }) => name).join(),
      billable,
    ];
  };
}

describe('an entry in one line', () => {
  it.each([
    ['9-11.30 Workshop @design', 'Workshop', '9:0 11:30', 'Design'],
    ['Workshop 9:00 – 11:30 @build', 'Workshop', '9:0 11:30', 'Build'],
    ['9–11 @build Workshop', 'Workshop', '9:0 11:0', 'Build'],
    ['1pm-2:30pm Lunch', 'Lunch', '13:0 14:30', null],
    ['22 bis 2 Night shift', 'Night shift', '22:0 2:0', null],
    ['0930-1130', '', '9:30 11:30', null],
    ['@design review with the customer', 'with the customer', null, 'Design review'],
  ])('%s', (line, text, range, category) => {
    expect(setUp()(line).slice(0, 3)).toEqual([text, range, category]);
  });

  it('has tags, and can be billable', () => {
    expect(setUp()('Visit #on site $')).toEqual(['Visit', null, null, 'On site', true]);
  });

  it.each([
    'Sprint 3-4',
    'Write to a@design',
    'Ticket #',
    'Costs 20 $ each',
    'Room 9',
    '25-26 x',
    '@nothing',
  ])('%s is a description', (line) => {
    const read = readQuickEntry(line, { catalog: undefined, tags: [], recent: [] });
    expect(saysMore(read)).toBe(false);
    expect(read.text).toBe(line);
  });
});
