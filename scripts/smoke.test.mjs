// scripts/smoke against a server that is unhealthy, one way at a time: `node --test scripts/smoke.test.mjs`. A small pretended server answers as Clockwork
// does, except for what the test says; docs.test.mjs tries the real one.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';

import { repository } from './testing/postgres.mjs';

/** Runs the script without stopping this process, which has the server. */
function smoke(...args) {
  const env = { ...process.env, ...(typeof args.at(-1) === 'object' ? args.pop() : {}) };
  const child = spawn(join(repository, 'scripts/smoke'), args, { stdio: ['ignore', 'pipe', 'pipe'], env });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk) => (text += chunk));
  return new Promise((resolve) => child.once('close', (status) => resolve({ status, text })));
}

const HEADERS = {
  'x-deployment-version': '1.2.3',
  'x-request-id': 'one',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'permissions-policy': 'camera=()',
};

/**
 * A healthy server, except for `answers` ("METHOD /path" to [status, body]) and `headers`.
 * `requests` are those that changed something, in their order; `seen` are the headers of all that came through the `gate`.
 */
async function pretended(t, { answers = {}, headers = {}, gate = () => true, tls, tokens, guarded = [] } = {}) {
  const [requests, seen] = [[], []];
  const usual = {
    'GET /livez': [200, { status: 'alive', version: '1.2.3' }],
    'GET /readyz': [200, { status: 'ready' }],
    'GET /': [200, '<!doctype html>'],
    'GET /api/me': [200, {}],
    'POST /api/projects': [201, { id: 'p1', name: 'x' }],
    'POST /api/projects/p1/categories': [201, { id: 'c1', projectId: 'p1' }],
    'GET /api/time/active': [200, 'null'],
    'POST /api/time/start': [201, { id: 'e1', durationSeconds: null }],
    'POST /api/time/stop': [200, { id: 'e1', durationSeconds: 1 }],
    'POST /api/time/entries': [201, { id: 'e2', durationSeconds: 1 }],
    'GET /api/time/entries/e1': [200, { id: 'e1', durationSeconds: 1 }],
    'GET /api/time/entries/e2': [200, { id: 'e2', durationSeconds: 1 }],
    'DELETE /api/time/entries/e1': [204, ''],
    'DELETE /api/time/entries/e2': [204, ''],
    'DELETE /api/projects/p1/categories/c1': [204, ''],
    'DELETE /api/projects/p1': [204, ''],
  };
  const server = (tls ? (listener) => createSecureServer(tls, listener) : createServer)((request, response) => {
    const name = `${request.method} ${request.url}`;
    // A proxy before the server, which says nothing of Clockwork.
    if (!gate(request.headers, request.socket)) return void request.resume().on('end', () => response.writeHead(302, { location: 'https://id.example.com/' }).end());
    seen.push(request.headers);
    if (request.method !== 'GET') requests.push(name);
    let answer = answers[name] ?? usual[name] ?? [404, { code: 'not_found' }];
    if (typeof answer === 'function') answer = answer();
    if (tokens && guarded.includes(name) && !tokens.some((token) => request.headers.authorization === `Bearer ${token}`)) answer = [401, { code: 'unauthenticated' }];
    const [status, body] = answer;
    request.resume().on('end', () => {
      response.writeHead(status, { 'content-type': request.url === '/' ? 'text/html; charset=utf-8' : 'application/json', ...HEADERS, ...headers });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return { url: `${tls ? 'https' : 'http'}://127.0.0.1:${server.address().port}`, requests, seen };
}

const TIDY = ['DELETE /api/time/entries/e1', 'DELETE /api/projects/p1/categories/c1', 'DELETE /api/projects/p1'];

test('a healthy server: started, stopped, and nothing is left', async (t) => {
  const { url, requests } = await pretended(t);
  const { status, text } = await smoke('--version', '1.2.3', url);
  assert.equal(status, 0, text);
  assert.match(text, /version 1\.2\.3[^]*1 s, with start and stop[^]* passed/);
  assert.deepEqual(requests, ['POST /api/projects', 'POST /api/projects/p1/categories', 'POST /api/time/start', 'POST /api/time/stop', ...TIDY]);
});

test('a timer that runs is left alone', async (t) => {
  const { url, requests } = await pretended(t, { answers: { 'GET /api/time/active': [200, { id: 'theirs' }] } });
  const { status, text } = await smoke(url);
  assert.equal(status, 0, text);
  assert.match(text, /because a timer is running/);
  assert.ok(!requests.some((request) => /start|stop/.test(request)), String(requests));
  assert.ok(requests.includes('DELETE /api/time/entries/e2'));
});

for (const [what, options, complaint] of [
  ['another version', {}, /"alive": version 1\.2\.3 answers instead of 9/],
  ['a header of another version', { headers: { 'x-deployment-version': '1.2.2' } }, /X-Deployment-Version is '1\.2\.2'/],
  ['no page', { answers: { 'GET /': [404, ''] } }, /"page": GET \/ answered 404/],
  ['no nosniff', { headers: { 'x-content-type-options': '' } }, /X-Content-Type-Options is ''/],
  ['frames', { headers: { 'content-security-policy': "default-src 'self'" } }, /does not forbid frames/],
  ['any script', { headers: { 'content-security-policy': "script-src 'self' 'unsafe-inline'; frame-ancestors 'none'" } }, /lets any script run/],
  ['no Referrer-Policy', { headers: { 'referrer-policy': '' } }, /Referrer-Policy is missing/],
  ['an error', { answers: { 'POST /api/projects': [503, { code: 'unavailable', requestId: 'r-17' }] } }, /"project": POST \/api\/projects answered 503 instead of 201: .*r-17/],
]) {
  test(`${what} is a failure, and says so`, async (t) => {
    const { url } = await pretended(t, options);
    const { status, text } = await smoke(...(what === 'another version' ? ['--version', '9'] : []), url);
    assert.equal(status, 1, text);
    assert.match(text, complaint);
    assert.doesNotMatch(text, / passed$/m);
  });
}

test('by https, browsers have to be told to stay with it, unless it is not production', async (t) => {
  // A curl that takes the pretended server for one with TLS.
  const directory = mkdtempSync(join(tmpdir(), 'clockwork-smoke-'));
  t.after(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, 'curl'), `#!/usr/bin/env bash\nPATH=$\{PATH#*:} exec curl "$\{@/#https:/http:}"\n`, { mode: 0o755 });
  const tried = async (headers, ...args) => {
    const { url } = await pretended(t, { headers });
    return smoke(...args, url.replace('http:', 'https:'), { PATH: `${directory}:${process.env.PATH}` });
  };
  const { status, text } = await tried({});
  assert.equal(status, 1, text);
  assert.match(text, /"headers": \/: Strict-Transport-Security is missing/);
  assert.equal((await tried({ 'strict-transport-security': 'max-age=1' })).status, 0);
  assert.equal((await tried({}, '--no-hsts')).status, 0);
});

test('not ready in time is a failure, with the reason', async (t) => {
  const { url } = await pretended(t, { answers: { 'GET /readyz': [503, { status: 'degraded', checks: { migrations: 'missing' } }] } });
  const { status, text } = await smoke('--wait', '1', url);
  assert.equal(status, 1);
  assert.match(text, /"ready": after 1 s \/readyz says 503: .*migrations/);
});

test('it waits for a server that becomes ready', async (t) => {
  let asked = 0;
  const { url } = await pretended(t, { answers: { 'GET /readyz': () => (++asked > 1 ? [200, {}] : [503, {}]) } });
  assert.equal((await smoke(url)).status, 0);
});

test('created objects are deleted after a failure, too', async (t) => {
  const { url, requests } = await pretended(t, { answers: { 'POST /api/time/stop': [500, { code: 'internal' }] } });
  const { status, text } = await smoke(url);
  assert.equal(status, 1);
  assert.match(text, /"tracking": POST \/api\/time\/stop answered 500/);
  assert.deepEqual(requests.slice(-4), ['POST /api/time/stop', ...TIDY]);
});

test('an entry of no length is a failure', async (t) => {
  const { url } = await pretended(t, { answers: { 'POST /api/time/stop': [200, { id: 'e1', durationSeconds: 0 }] } });
  assert.match((await smoke(url)).text, /the entry is '0' seconds long/);
});

test('objects that cannot be deleted are named', async (t) => {
  const { url } = await pretended(t, { answers: { 'DELETE /api/projects/p1': [409, { code: 'project_in_use' }] } });
  const { status, text } = await smoke(url);
  assert.equal(status, 1);
  assert.match(text, /still there: \/api\/projects\/p1 \(409\)/);
});

test('an unreachable server is one failure, wrong usage another', async () => {
  const { status, text } = await smoke('http://127.0.0.1:1');
  assert.equal(status, 1);
  assert.match(text, /"alive": GET \/livez: curl/);
  for (const args of [[], ['time.example.com'], ['--wait', 'long', 'http://127.0.0.1:1'], ['http://a', 'http://b']]) assert.equal((await smoke(...args)).status, 2);
});

test('a server that waits for its first administrator passes without tracking, but not where a token is given', async (t) => {
  const waits = { 'GET /api/auth/session': [200, { authMode: 'accounts', setupNeeded: true, user: null }] };
  const { url, requests } = await pretended(t, { tokens: ['cwk_good'], guarded: ['GET /api/me', 'POST /api/projects'], answers: waits });
  const { status, text } = await smoke(url);
  assert.equal(status, 0, text);
  assert.match(text, /set-up +the server waits for its first administrator[^]* passed/);
  assert.deepEqual(requests, []);
  // A token says that there was one: this is another database, or an empty one.
  assert.match((await smoke(url, { SMOKE_TOKEN: 'cwk_of_before' })).text, /does not accept the token of SMOKE_TOKEN/);
  const late = { ...waits, 'GET /api/auth/session': [200, { authMode: 'accounts', setupNeeded: false, user: null }] };
  const set = await pretended(t, { tokens: ['cwk_good'], guarded: ['GET /api/me'], answers: late });
  assert.match((await smoke(set.url)).text, /SMOKE_TOKEN is not set/);
});

test('a server with accounts gets the token, which is never shown, and says when there is none or a wrong one', async (t) => {
  // Probes and the page are open; the rest asks for a token.
  const guarded = ['GET /api/me', 'POST /api/projects'];
  const { url, seen } = await pretended(t, { tokens: ['cwk_good'], guarded });
  const none = await smoke(url);
  assert.equal(none.status, 1);
  assert.match(none.text, /GET \/api\/me answered 401: the server has accounts, and SMOKE_TOKEN is not set/);
  const wrong = await smoke(url, { SMOKE_TOKEN: 'cwk_wrong' });
  assert.match(wrong.text, /does not accept the token of SMOKE_TOKEN/);
  assert.doesNotMatch(wrong.text, /cwk_/);
  const directory = mkdtempSync(join(tmpdir(), 'clockwork-smoke-'));
  t.after(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, 'token'), 'cwk_good\n');
  for (const token of [{ SMOKE_TOKEN: 'cwk_good' }, { SMOKE_TOKEN_FILE: join(directory, 'token') }]) {
    seen.length = 0;
    const { status, text } = await smoke(url, token);
    assert.equal(status, 0, text);
    assert.ok(seen.every(({ authorization }) => authorization === 'Bearer cwk_good'));
  }
});

test('an authenticating proxy is told who asks, and said to be one when it refuses', async (t) => {
  const { url, seen } = await pretended(t, { gate: ({ authorization }) => authorization !== undefined });
  const refused = await smoke(url);
  assert.equal(refused.status, 1);
  assert.match(refused.text, /GET \/livez answered 302, and not by Clockwork: is there an authenticating proxy\? Set SMOKE_HEADERS/);
  const { status, text } = await smoke('--no-hsts', url, { SMOKE_HEADERS: 'Authorization: Bearer "quoted\\secret"\n\nX-Other: 1\n' });
  assert.equal(status, 0, text);
  assert.ok(seen.every((headers) => headers.authorization === 'Bearer "quoted\\secret"' && headers['x-other'] === '1'));
  assert.doesNotMatch(text, /secret/);
});

test('a proxy that asks for a client certificate gets one, from files or from a text', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'clockwork-smoke-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const pem = (name) => readFileSync(join(directory, name), 'utf8');
  for (const name of ['server', 'client']) {
    const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1', '-keyout', `${name}.key`, '-out', `${name}.crt`, ...subject], { cwd: directory, stdio: 'ignore' });
  }
  const tls = { key: pem('server.key'), cert: pem('server.crt'), ca: pem('client.crt'), requestCert: true, rejectUnauthorized: false };
  const { url } = await pretended(t, { tls, gate: (_, socket) => socket.authorized });
  const SMOKE_CA = join(directory, 'server.crt');
  const refused = await smoke('--no-hsts', url, { SMOKE_CA });
  assert.equal(refused.status, 1);
  assert.match(refused.text, /is there an authenticating proxy\? Set SMOKE_HEADERS, SMOKE_CERT or SMOKE_IDENTITY/);
  for (const identity of [{ SMOKE_CERT: join(directory, 'client.crt'), SMOKE_KEY: join(directory, 'client.key') }, { SMOKE_IDENTITY: pem('client.crt') + pem('client.key') }]) {
    const { status, text } = await smoke('--no-hsts', url, { SMOKE_CA, ...identity });
    assert.equal(status, 0, text);
    assert.doesNotMatch(text, /PRIVATE/);
  }
});
