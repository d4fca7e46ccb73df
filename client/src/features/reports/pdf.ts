/** How a report is set on paper; the choices are kept in this browser. */
import { recall, remember } from '@/lib/storage';
import { currentLanguage, type Language } from '@/messages/language';

export const PAPERS = ['a4', 'letter'] as const;
export const PDF_LANGUAGES = ['en', 'de'] as const satisfies readonly Language[];

export interface PdfOptions {
  paper: (typeof PAPERS)[number];
  language: Language;
  /** Whether there are lines for signatures at its end. */
  signatures: boolean;
}

const KEY = 'clockwork.pdf.1';

/** The countries whose printers have Letter, by Unicode's CLDR (supplemental data, paperSize US-Letter). */
const LETTER = ['BZ', 'CA', 'CL', 'CO', 'CR', 'GT', 'MX', 'NI', 'PA', 'PH', 'PR', 'SV', 'US', 'VE'];

function usualPaper(): PdfOptions['paper'] {
  try {
    const { region } = new Intl.Locale(navigator.languages[0] ?? 'en');
    return region !== undefined && LETTER.includes(region) ? 'letter' : 'a4';
  } catch {
    return 'a4';
  }
}

/** What was chosen before, and else what is usual where the browser is. The language is that of the page. */
export function pdfOptions(): PdfOptions {
  let found: Partial<Record<keyof PdfOptions, unknown>> = {};
  try {
    const kept: unknown = JSON.parse(recall(KEY) ?? 'null');
    if (typeof kept === 'object' && kept !== null) found = kept;
  } catch {
    // What cannot be read is as if nothing had been chosen.
  }
  return {
    paper: PAPERS.find((paper) => paper === found.paper) ?? usualPaper(),
    language: currentLanguage(),
    signatures: found.signatures === true,
  };
}

export function keepPdfOptions({ paper, signatures }: PdfOptions): void {
  remember(KEY, JSON.stringify({ paper, signatures }));
}
