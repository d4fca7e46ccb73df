/** Files of the server, which the browser saves from a link: their size takes no memory of the page. */
import { basePath } from '@/base-path';
import { ConnectionError, OfflineError, toApiError } from './errors';
import { noteAnswer } from './http';
import { currentSession } from './session';

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
  followDownload(url);
}

/** Has the browser save a file of which the server has just said that it is there. */
export function saveKnownFile(path: string): void {
  followDownload(window.location.origin + basePath + currentSession().path(path));
}

function followDownload(url: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = '';
  link.click();
}
