import { onlineManager } from '@tanstack/react-query';
import { afterEach, describe, expect, it } from 'vitest';
import { api, server } from '@/testing/server';
import { ConnectionError, errorMessage, ForeignAnswerError, OfflineError } from './errors';
import { body, http } from './http';

afterEach(() => onlineManager.setOnline(true));

function asked(): Promise<unknown> {
  return body(http.GET('/api/me')).catch((error: unknown) => error);
}

function page(status: number) {
  server.use(
    api.untyped.get(
      '*/api/me',
      () =>
        new Response('<!doctype html><title>Sign in</title>', {
          status,
          headers: { 'Content-Type': 'text/html' },
        }),
    ),
  );
}

describe('an answer that is not the server’s', () => {
  it.each([200, 401, 403])('with status %d is told from one of the server', async (status) => {
    page(status);
    const error = await asked();
    expect(error).toBeInstanceOf(ForeignAnswerError);
    expect(errorMessage(error)).toMatch(/Something else answered .* Reload the page to sign in again/);
  });

  it('that sends people elsewhere is not followed', async () => {
    server.use(
      api.untyped.get(
        '*/api/me',
        () => new Response(null, { status: 302, headers: { Location: 'https://sign-in.example/' } }),
      ),
    );
    expect(await asked()).toBeInstanceOf(ForeignAnswerError);
  });
});

describe('no answer', () => {
  it('is said of the connection, and not of every mistake of the page', async () => {
    server.use(api.untyped.get('*/api/me', () => Response.error()));
    const error = await asked();
    expect(error).toBeInstanceOf(ConnectionError);
    expect(errorMessage(error)).toBe("The server can't be reached.");
    expect(errorMessage(new TypeError('x is not a function'))).not.toMatch(/server/);
  });

  it('is not waited for without a connection: a change is refused at once and never sent', async () => {
    let arrived = 0;
    server.use(
      api.untyped.post('*/api/tags', () => {
        arrived += 1;
      }),
    );
    onlineManager.setOnline(false);
    const error = await body(http.POST('/api/tags', { body: { name: 'Later' } })).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(OfflineError);
    onlineManager.setOnline(true);
    expect(arrived).toBe(0);
  });
});
