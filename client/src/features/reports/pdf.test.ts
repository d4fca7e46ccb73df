import { afterEach, describe, expect, it } from 'vitest';
import { showLanguage } from '@/messages/language';
import { keepPdfOptions, pdfOptions } from './pdf';

function speak(...languages: string[]): void {
  Object.defineProperty(navigator, 'languages', { value: languages, configurable: true });
}

describe('a report on paper', () => {
  afterEach(async () => {
    speak('en-GB');
    await showLanguage('en');
  });

  it('has the paper of the country and the language of the page', async () => {
    expect(pdfOptions()).toEqual({ paper: 'a4', language: 'en', signatures: false });
    speak('en-US');
    expect(pdfOptions().paper).toBe('letter');
    speak('not a language');
    expect(pdfOptions().paper).toBe('a4');
    await showLanguage('de');
    expect(pdfOptions().language).toBe('de');
  });

  it('is as it was chosen before, but for the language', () => {
    keepPdfOptions({ paper: 'letter', language: 'de', signatures: true });
    expect(pdfOptions()).toEqual({ paper: 'letter', language: 'en', signatures: true });
    for (const broken of ['{', 'null', '7', '{"paper":"a0","signatures":"yes"}']) {
      localStorage.setItem('clockwork.pdf.1', broken);
      expect(pdfOptions()).toEqual({ paper: 'a4', language: 'en', signatures: false });
    }
  });
});
