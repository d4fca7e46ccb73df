/** Reports as files. */
import { queryString } from '@/api/http';
import type { Preferences } from '@/lib/preferences';
import type { PdfOptions } from './pdf';
import { groupingsOf, sortOf, type Question } from './question';
import type { ReportSearch } from './search';

/** `csv-comma` has semicolons and decimal commas, as spreadsheet programs of many languages read them. */
export const EXPORT_FORMATS = ['pdf', 'csv', 'csv-comma', 'xlsx', 'json', 'ndjson', 'ics'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

const DURATIONS: Record<Preferences['duration'], string> = {
  seconds: 'h:mm:ss',
  minutes: 'h:mm',
  decimal: 'decimal',
};

interface Shown {
  search: ReportSearch;
  question: Question;
  duration: Preferences['duration'];
  /** Whether there are amounts that the member sees. */
  amounts: boolean;
  /** How a PDF is set; by the server when absent. */
  pdf?: PdfOptions;
}

/** Where the file is of what is shown: its range, filters, rounding and groups, in the format of durations of the page. */
export function exportPath(
  format: ExportFormat,
  { search, question, duration, amounts, pdf }: Shown,
): string {
  // A calendar has entries, whatever is shown.
  const isSummary = search.view !== 'detailed' && format !== 'ics';
  return (
    '/api/reports/export' +
    queryString({
      ...question,
      amounts: amounts || undefined,
      report: isSummary ? 'summary' : 'detailed',
      ...(isSummary ? { groupBy: groupingsOf(search), sort: sortOf(search, amounts) } : {}),
      format: format === 'csv-comma' ? 'csv' : format,
      ...(format === 'csv' || format === 'csv-comma' ? { durations: DURATIONS[duration] } : {}),
      ...(format === 'pdf' ? pdf : {}),
      ...(format === 'csv-comma' ? { separator: 'semicolon', decimalComma: true, byteOrderMark: true } : {}),
    })
  );
}
