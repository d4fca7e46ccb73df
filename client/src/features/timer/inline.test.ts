import { describe, expect, it } from 'vitest';
import { inlineToken, withoutToken } from './inline';

describe('inlineToken', () => {
  it('is what is typed after a sign that begins a word', () => {
    expect(inlineToken('Sketches @des')).toEqual({ kind: '@', query: 'des', at: 9 });
    expect(inlineToken('@')).toEqual({ kind: '@', query: '', at: 0 });
    expect(inlineToken('Call #on site')).toEqual({ kind: '#', query: 'on site', at: 5 });
    expect(inlineToken('Call $')).toEqual({ kind: '$', query: '', at: 5 });
  });

  it('is nothing in an address, a sum of money, or a number of an issue', () => {
    expect(inlineToken('ada@example.com')).toBeNull();
    expect(inlineToken('Bill of $20')).toBeNull();
    expect(inlineToken('# of things')).toBeNull();
    expect(inlineToken('Plain words')).toBeNull();
  });

  it('is taken out of the text when something was picked for it', () => {
    const text = 'Sketches @des';
    const token = inlineToken(text) ?? expect.fail();
    expect(withoutToken(text, token)).toBe('Sketches ');
    expect(withoutToken('@des', { kind: '@', query: 'des', at: 0 })).toBe('');
  });
});
