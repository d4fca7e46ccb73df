/** Each test gets a server of its own, with an empty database. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { test as base, expect, type Page } from '@playwright/test';
import { withDatabases, type Databases } from './databases';

const client = fileURLToPath(new URL('..', import.meta.url));
const root = path.dirname(path.resolve(client));
const binary = process.env.SERVER_BINARY ?? path.join(root, 'target/debug/server');
const screenshots = path.join(client, 'test-results/screenshots');
const START_MS = 60_000;

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('no port was given'));
      });
    });
  });
}

/** What the server wrote, for the message of a failure. */
function collectOutput(server: ChildProcess): () => string {
  let output = '';
  const add = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-200_000);
  };
  server.stdout?.on('data', add);
  server.stderr?.on('data', add);
  return () => output;
}

/** As much of it as the message of a failure may have. */
function tail(output: string): string {
  return output.slice(-8_000);
}

async function untilReady(url: string, server: ChildProcess, output: () => string): Promise<void> {
  const deadline = Date.now() + START_MS;
  while (Date.now() < deadline) {
    if (server.exitCode !== null)
      throw new Error(`the server ended with ${server.exitCode}:\n${tail(output())}`);
    const ready = await fetch(`${url}/healthz`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the server was not ready within ${START_MS / 1000} s:\n${tail(output())}`);
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  const killer = setTimeout(() => server.kill('SIGKILL'), 20_000);
  await ended;
  clearTimeout(killer);
}

interface App {
  url: string;
  /** What the server has written so far, the newest part of it. */
  output: () => string;
  /** Keeps a picture of a state, for people to look at. */
  picture: (page: Page, name: string) => Promise<void>;
}

export const test = base.extend<
  {
    app: App;
    basePath: string;
    address: string;
    authMode: 'none' | 'accounts';
    settings: Record<string, string>;
    complaints: string[];
    databaseUrl: string;
  },
  { databases: Databases }
>({
  databases: [
    async ({}, use) => {
      await withDatabases(path.join(path.dirname(binary), 'migrator'), use);
    },
    { scope: 'worker' },
  ],
  /** A migrated database without data. */
  databaseUrl: async ({ databases }, use) => {
    const url = databases.create();
    await use(url);
    databases.drop(url);
  },
  /** The path under which the server is published. */
  basePath: ['', { option: true }],
  /** Where the server will be; known before it starts. */
  address: async ({ basePath }, use) => {
    await use(`http://127.0.0.1:${await freePort()}${basePath}`);
  },
  /** Whether users sign in. */
  authMode: ['none', { option: true }],
  /** Further settings of the server. */
  settings: [{}, { option: true }],
  /** What the browser says of the Content-Security-Policy, and scripts that broke. Every journey must do without. */
  complaints: [
    async ({ context }, use) => {
      const complaints: string[] = [];
      context.on('weberror', (error) => complaints.push(error.error().message));
      context.on('console', (message) => {
        if (/Content.Security.Policy/i.test(message.text())) complaints.push(message.text());
      });
      await use(complaints);
      expect(complaints).toEqual([]);
    },
    { auto: true },
  ],
  app: async ({ basePath, address: url, authMode, settings, databaseUrl }, use) => {
    if (!existsSync(binary))
      throw new Error(`${binary} is missing: build the server, or name it in SERVER_BINARY`);
    // A place of its own, without the settings of this checkout.
    const directory = mkdtempSync(path.join(tmpdir(), 'clockwork-e2e-'));
    const server = spawn(binary, [], {
      cwd: directory,
      env: {
        ...process.env,
        DATABASE_URL: databaseUrl,
        HOST: '127.0.0.1',
        PORT: new URL(url).port,
        AUTH_MODE: authMode,
        BASE_PATH: basePath,
        STATIC_DIR: path.join(client, 'dist'),
        ...settings,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = collectOutput(server);
    try {
      await untilReady(url, server, output);
      await use({
        url,
        output,
        picture: async (page, name) => {
          await page.screenshot({ path: path.join(screenshots, `${name}.png`), animations: 'disabled' });
        },
      });
    } finally {
      await stop(server);
      rmSync(directory, { recursive: true, force: true });
    }
  },
});

export { expect };
