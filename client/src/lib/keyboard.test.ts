import { afterEach, expect, it } from 'vitest';
import { showLanguage } from '@/messages/language';
import { paletteKeys } from './keyboard';

afterEach(() => showLanguage('en'));

it('calls keys as they are printed', async () => {
  expect(paletteKeys()).toEqual(['Ctrl', 'K']);
  await showLanguage('de');
  expect(paletteKeys()).toEqual(['Strg', 'K']);
});
