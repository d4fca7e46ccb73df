import { onlineManager } from '@tanstack/react-query';
import { ConnectionError, ForeignAnswerError, OfflineError, PageError, toApiError } from '@/api/errors';
import { noteAnswer } from '@/api/http';
import { currentSession } from '@/api/session';
import { basePath } from '@/base-path';
import type { ErrorBody, ImportAccount } from '@/api/types';
import { t } from '@/messages/later';

export interface ImportOptions {
  timeZone: string;
  onError: 'stop' | 'skip';
  dateOrder: 'auto' | 'dmy' | 'mdy' | 'ymd';
  defaultCategory: string;
  /** Whose entries; empty where there are no accounts, and all are the user's. */
  people: 'mine' | 'everybody' | '';
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

/** The file was changed, moved or deleted on disk after it was chosen: browsers refuse to read it then. */
class FileChangedError extends PageError {
  override readonly name = 'FileChangedError';

  constructor() {
    super(t.import.fileChanged);
  }
}

/** Whether its first byte can still be read. */
function canRead(file: File): Promise<boolean> {
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => resolve(true));
    reader.addEventListener('error', () => resolve(false));
    reader.readAsArrayBuffer(file.slice(0, 1));
  });
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Something between us and the server answered; the status says the rest.
    return null;
  }
}

function toError(status: number, requestId: string | null, json: unknown): Error {
  const body = json as Partial<ErrorBody> | null;
  if (body?.import) return new ImportRefused(body.message ?? '', body.import);
  return toApiError(status, requestId, body);
}

function isAccount(json: unknown): json is ImportAccount {
  return typeof json === 'object' && json !== null && 'entries' in json && 'committed' in json;
}

/** Sends a file, unless it cannot be read any more. */
export async function sendImport(request: ImportRequest): Promise<ImportAccount> {
  if (!onlineManager.isOnline()) throw new OfflineError();
  if (!(await canRead(request.file))) throw new FileChangedError();
  try {
    return await upload(request);
  } catch (error) {
    // It may also have changed while it was sent, which looks like a lost connection.
    if (error instanceof ConnectionError && !(await canRead(request.file))) throw new FileChangedError();
    throw error;
  }
}

/** With XMLHttpRequest, because `fetch` does not tell how much is sent. */
function upload({ file, options, dryRun, key, onProgress, signal }: ImportRequest): Promise<ImportAccount> {
  const form = new FormData();
  form.set('timeZone', options.timeZone);
  form.set('dryRun', String(dryRun));
  form.set('onError', options.onError);
  form.set('dateOrder', options.dateOrder);
  form.set('defaultCategory', options.defaultCategory);
  form.set('people', options.people);
  // The server reads the options before the file.
  form.set('file', file);

  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const session = currentSession();
    request.open('POST', basePath + session.path('/api/imports'));
    request.setRequestHeader('Idempotency-Key', key);
    request.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    });
    request.upload.addEventListener('load', () => onProgress(1));
    request.addEventListener('load', () => {
      const { status, responseText } = request;
      const json = readJson(responseText);
      if (noteAnswer(session, status, json)) return;
      if (status < 200 || status >= 300)
        reject(toError(status, request.getResponseHeader('X-Request-ID'), json));
      else if (isAccount(json)) resolve(json);
      else reject(new ForeignAnswerError());
    });
    request.addEventListener('error', () => reject(new ConnectionError()));
    request.addEventListener('abort', () =>
      reject(new DOMException('The upload was cancelled', 'AbortError')),
    );
    signal.addEventListener('abort', () => request.abort());
    request.send(form);
  });
}
