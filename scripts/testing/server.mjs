// The built server as a process of a test's own.
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, closeSync, copyFileSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { Agent, get as ask } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterwards, repository } from './postgres.mjs';

/** Where the built programs are: `just` says so, or else where cargo puts them. */
export const programs = resolve(repository, process.env.CLOCKWORK_PROGRAMS ?? join(process.env.CARGO_TARGET_DIR ?? 'target', 'debug'));

let copies;

/** Where any account may run them: a checkout in /root is closed to the one that runs PostgreSQL. */
export function openPrograms() {
  if (process.getuid() !== 0) return programs;
  if (copies === undefined) {
    copies = mkdtempSync(join(tmpdir(), 'clockwork-programs-'));
    process.once('exit', () => rmSync(copies, { recursive: true, force: true }));
    chmodSync(copies, 0o755);
    for (const name of ['server', 'migrator']) copyFileSync(join(programs, name), join(copies, name));
  }
  return copies;
}

/** Runs a built program to its end; throws what it printed when it fails. */
export const program = (name, args, env) => execFileSync(join(programs, name), args, { env: { ...process.env, ...env }, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/**
 * Starts the server on a free port in `directory`, waits until it is ready, and ends it with the test.
 * @returns {Promise<{url: string, log: () => object[], stop: () => Promise<void>}>}
 */
export async function server(t, directory, environment) {
  if (!existsSync(join(programs, 'server'))) throw new Error(`${programs}/server is not built: cargo build --package clockwork-server`);
  const path = join(directory, `server-${Date.now()}.log`);
  const output = openSync(path, 'w');
  const env = { PATH: process.env.PATH, ENV: 'production', AUTH_MODE: 'none', HOST: '127.0.0.1', PORT: '0', METRICS_PORT: '0', SHUTDOWN_DRAIN: '0s', ...environment };
  const child = spawn(join(programs, 'server'), [], { cwd: directory, env, stdio: ['ignore', output, output] });
  closeSync(output);
  const ended = new Promise((done) => child.once('exit', done));
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  afterwards(t, stop);
  const text = () => readFileSync(path, 'utf8');
  const log = () => text().split('\n').filter((line) => line !== '').map((line) => JSON.parse(line));
  for (let attempt = 0; attempt < 600; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}:\n${text()}`);
    const address = /"address":"([^"]+)"/.exec(text())?.[1];
    if (address && (await get(`http://${address}/readyz`).catch(() => undefined))?.ok) return { url: `http://${address}`, log, stop };
    await sleep(100);
  }
  throw new Error(`the server did not become ready:\n${text()}`);
}

/**
 * Asks by a connection of its own that could be kept: fetch takes those of before, and waits for ever when a server that ends closes one at that moment.
 * @returns {Promise<{status: number, ok: boolean, headers: import('node:http').IncomingHttpHeaders, text: string}>}
 */
export function get(url, headers = {}) {
  const agent = new Agent({ keepAlive: true });
  return new Promise((resolve, reject) => {
    const request = ask(url, { agent, headers, timeout: 60_000 }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (more) => (text += more));
      response.once('error', reject).once('end', () => resolve({ status: response.statusCode, ok: response.statusCode === 200, headers: response.headers, text }));
    });
    request.once('timeout', () => request.destroy(new Error(`${url} did not answer`))).once('error', reject);
  }).finally(() => agent.destroy());
}

/** Sends JSON and returns what comes back; throws on any other answer than 2xx. */
export async function call(url, method, path, body) {
  const response = await fetch(url + path, { method, headers: body === undefined ? {} : { 'content-type': 'application/json' }, body: body === undefined ? undefined : JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** Tracks something: a project and a category of this name, and a finished entry in it, whose id it returns. */
export async function track(url, name) {
  const project = await call(url, 'POST', '/api/projects', { name });
  const category = await call(url, 'POST', `/api/projects/${project.id}/categories`, { name });
  const entry = await call(url, 'POST', '/api/time/entries', { categoryId: category.id, startedAt: '2026-01-01T09:00:00Z', stoppedAt: '2026-01-01T10:00:00Z', description: name });
  return entry.id;
}
