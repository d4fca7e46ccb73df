import { toApiError, type ApiError } from '@/api/errors';
import { basePath } from '@/base-path';

import type { ErrorBody, ImportAccount } from '@/api/types';

export interface ImportOptions {
  timeZone: string;
  onError: 'stop' | 'skip';
  dateOrder: 'auto' | 'dmy' | 'mdy' | 'ymd';
  defaultCategory: string;
}

export interface ImportRequest {
  file: File;
  options: ImportOptions;
  dryRun: boolean;
  /** One key for each thing the user asked for: sent again, it happens once. */
  key: string;
  /** Share of the file that is sent, from 0 to 1. */
  onProgress: (sent: number) => void;
  signal: AbortSignal;
}

/** The import was refused, with an account of every bad line. */
export class ImportRefused extends Error {
  override readonly name = 'ImportRefused';

  constructor(
    message: string,
    readonly account: ImportAccount,
  ) {
    super(message);
  }
}

function toError(status: number, requestId: string | null, text: string): ApiError | ImportRefused {
  let body: Partial<ErrorBody> | null = null;
  try {
    body = JSON.parse(text) as Partial<ErrorBody> | null;
  } catch {
    // Something between us and the server answered; the status says the rest.
  }
  if (body?.import) return new ImportRefused(body.message ?? '', body.import);
  return toApiError(status, requestId, body);
}

/** Sends a file. With XMLHttpRequest, because `fetch` does not tell how much is sent. */
export function sendImport({
  file,
  options,
  dryRun,
  key,
  onProgress,
  signal,
}: ImportRequest): Promise<ImportAccount> {
  const form = new FormData();
  form.set('timeZone', options.timeZone);
  form.set('dryRun', String(dryRun));
  form.set('onError', options.onError);
  form.set('dateOrder', options.dateOrder);
  form.set('defaultCategory', options.defaultCategory);
  // The server reads the options before the file.
  form.set('file', file);

  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `${basePath}/api/imports`);
    request.setRequestHeader('Idempotency-Key', key);
    request.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    });
    request.upload.addEventListener('load', () => onProgress(1));
    request.addEventListener('load', () => {
      if (request.status >= 200 && request.status < 300)
        resolve(JSON.parse(request.responseText) as ImportAccount);
      else reject(toError(request.status, request.getResponseHeader('X-Request-ID'), request.responseText));
    });
    request.addEventListener('error', () => reject(new TypeError('The connection was lost')));
    request.addEventListener('abort', () =>
      reject(new DOMException('The upload was cancelled', 'AbortError')),
    );
    signal.addEventListener('abort', () => request.abort());
    request.send(form);
  });
}
