/** Reports as files, which the browser saves from a link: their size takes no memory of the page. */
import { ConnectionError, OfflineError, toApiError } from '@/api/errors';
import { noteAnswer, queryString } from '@/api/http';
import { currentSession } from '@/api/session';
import { basePath } from '@/base-path';
import type { Preferences } from '@/lib/preferences';
import { groupingsOf, sortOf, type Question } from './question';
import type { ReportSearch } from './search';

/** `csv-comma` has semicolons and decimal commas, as spreadsheet programs of many languages read them. */
export const EXPORT_FORMATS = ['csv', 'csv-comma', 'xlsx', 'json', 'ndjson', 'ics'] as const;
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
}

/** Where the file is of what is shown: its range, filters, rounding and groups, in the format of durations of the page. */
export function exportPath(format: ExportFormat, { search, question, duration, amounts }: Shown): string {
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
      ...(format === 'csv-comma' ? { separator: 'semicolon', decimalComma: true, byteOrderMark: true } : {}),
    })
  );
}

async function send(url: string, method: 'GET' | 'HEAD'): Promise<Response> {
  try {
    return await fetch(url, { method, redirect: 'manual', cache: 'no-store' });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw navigator.onLine ? new ConnectionError(error.message, { cause: error }) : new OfflineError();
  }
}

async function readError(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    // Something between the page and the server answered; the status says the rest.
    return null;
  }
}

/** Has the browser save a file, once the server has said that there is one; throws the error of the server otherwise. */
export async function saveFile(path: string): Promise<void> {
  const session = currentSession();
  const url = window.location.origin + basePath + session.path(path);
  if (!(await send(url, 'HEAD')).ok) {
    // The answer to HEAD has no body, and so no code.
    const response = await send(url, 'GET');
    if (response.ok) await response.body?.cancel();
    else {
      const error = await readError(response);
      if (noteAnswer(session, response.status, error)) return;
      throw toApiError(response.status, response.headers.get('X-Request-ID'), error);
    }
  }
  const link = document.createElement('a');
  link.href = url;
  link.download = '';
  link.click();
}
