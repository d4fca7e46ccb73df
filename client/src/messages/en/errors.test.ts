import { describe, expect, it } from 'vitest';
import { ApiError, errorMessage } from '@/api/errors';
// The one table of codes is the server's.
// eslint-disable-next-line no-restricted-imports
import table from '../../../../crates/server/src/error/code.rs?raw';
import { errors } from './errors';

/** Every code that the server can answer with, from its one table. */
const codes = [...table.matchAll(/^ {4}\w+ = "(\w+)", [A-Z_]+;/gm)].map(([, code = '']) => code);

describe('what people read about errors', () => {
  it('is there for every code of the server, and for no other', () => {
    expect(codes.length).toBeGreaterThan(40);
    expect(Object.keys(errors).sort()).toEqual([...codes].sort());
  });

  it('goes by the code; the sentence of the server is for codes of a newer one', () => {
    expect(errorMessage(new ApiError(409, 'no_active_timer', 'no timer is running', null))).toBe(
      'No timer is running. It may have been stopped on another device.',
    );
    expect(errorMessage(new ApiError(409, 'of_next_year', 'A new sentence.', null))).toBe('A new sentence.');
  });

  it('says of a field what is wrong with it', () => {
    const wrong = (code: string, field: string, fieldCode: string) =>
      new ApiError(400, code, '', null, [
        { field, code: fieldCode, message: 'must not lie before startedAt' },
      ]);
    expect(wrong('invalid_time_range', 'stoppedAt', 'out_of_range').field('stoppedAt')).toBe(
      "The end can't be before the start.",
    );
    expect(wrong('invalid_time', 'changes.startedAt', 'out_of_range').field('startedAt')).toMatch(/future/);
    expect(wrong('invalid_tag_name', 'name', 'too_long').field('name')).toBe('This is too long.');
  });

  it('shows no details of a script error', () => {
    expect(errorMessage(new TypeError('x is not a function'))).toBe('Something went wrong.');
  });
});
