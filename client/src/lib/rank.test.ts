import { describe, expect, it } from 'vitest';
import { highlight, rank, rankPath } from './rank';

describe('rank', () => {
  it('puts the whole text before its beginning, a word, a part and scattered words', () => {
    const order = ['Design', 'Designer', 'Web design', 'Redesign', 'Desi and gn'].map((text) =>
      rank(text, 'design'),
    );
    expect(order).toEqual([0, 1, 2, 3, null]);
    expect(rank('Web / New design', 'design web')).toBe(4);
  });

  it('knows neither case nor accents', () => {
    expect(rank('Büro', 'buro')).toBe(0);
    expect(rank('CAFÉ au lait', 'café')).toBe(1);
  });

  it('looks at the end of a path first', () => {
    const places = [
      { above: ['Department 05'], path: ['Task 1'] },
      { above: ['Department 05'], path: ['Task 5'] },
      { above: ['Department 01'], path: ['Task 50'] },
    ];
    const ranked = places
      .map((place) => ({ place, order: rankPath(place, 'task 5') ?? 99 }))
      .sort((a, b) => a.order - b.order);
    expect(ranked.map(({ place }) => place.path[0])).toEqual(['Task 5', 'Task 50', 'Task 1']);
  });

  it('marks what fits', () => {
    expect(highlight('Web design', 'des')).toEqual([
      { text: 'Web ', fits: false },
      { text: 'des', fits: true },
      { text: 'ign', fits: false },
    ]);
    expect(highlight('Web', '')).toEqual([{ text: 'Web', fits: false }]);
  });
});
