// The commands in docs/OPERATIONS.md and docs/DEPLOYMENT.md, run as they stand there: `just test-docs`. Between the blocks the tests do what the text says has happened.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { request as plain } from 'node:http';
import { request as secure } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { blocks, every, NOT_RUN, shell, unmarked } from './testing/documents.mjs';
import { account, afterwards, folder, freePort, postgres, repository, workplace } from './testing/postgres.mjs';
import { call, get, openPrograms, program, programs, server, track } from './testing/server.mjs';

const read = (path) => readFileSync(join(repository, path), 'utf8');
const pages = ['README.md', 'CONTRIBUTING.md', 'charts/clockwork/README.md', ...readdirSync(join(repository, 'docs')).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)];
const marked = pages.flatMap(blocks);
const of = (name) => marked.filter((block) => block.test === name);

/** A database with Clockwork's schema, and a shell for the blocks of the page. */
async function machine(t, more) {
  const directory = workplace(t);
  const database = await postgres(t, directory);
  const url = database.url('clockwork', 'clockwork');
  program('migrator', ['up'], { ENV: 'production', AUTH_MODE: 'none', DATABASE_URL: url });
  const environment = {
    ...database.environment,
    PATH: `${database.bin}:${openPrograms()}:${process.env.PATH}`,
    ENV: 'production',
    AUTH_MODE: 'none',
    HOST: '127.0.0.1',
    DATABASE_URL: url,
    ADMIN_URL: database.url('postgres', 'postgres'),
    PGDATA: database.data,
    ...more?.(directory, database),
  };
  return { directory, database, url, environment, run: shell(t, directory, environment) };
}

const entries = (database, url) => database.psql('SELECT id FROM time_entries ORDER BY id', url).split('\n').filter(Boolean);

test('every block that is marked is run by a test', () => {
  // That for Docker has scripts/image.test.mjs, that of Alertmanager scripts/monitoring.test.mjs.
  assert.deepEqual([...new Set(marked.map((block) => block.test))].sort(), ['accounts', 'backup', 'docker', 'failover', 'first', 'inhibit', 'logs', 'look', 'pitr', 'pooler', 'proxy', 'report', 'rotate']);
});

test('every block of commands is run by a test, or says why not', () => {
  assert.deepEqual(pages.flatMap((page) => unmarked(page)).map(({ page, line }) => `${page}:${line}`), []);
  assert.deepEqual(unmarked('x', '```sh\nls\n```\n```sh test=x\n```\n```sh not-run=because\n```\n```yaml\n```\n```text\n```\n').map(({ line }) => line), [1, 6, 8]);
  const all = pages.flatMap((page) => every(page));
  assert.deepEqual(Object.keys(NOT_RUN).filter((reason) => !all.some((block) => block.reason === reason)), [], 'reasons that no block has');
  // Objects with a word of their own are looked at by the chart's tests.
  const chart = read('charts/tests/test_documents.py');
  for (const { words, page, line } of all.filter((block) => block.language === 'yaml' && /^\w+$/.test(block.words))) assert.ok(chart.includes(`"yaml ${words}"`), `${page}:${line}`);
});

test('what is not run is shell at least, and the recipes, scripts and services that the pages name are there', () => {
  for (const { page, line, text } of pages.flatMap((page) => every(page)).filter((block) => block.language === 'sh' && block.reason)) {
    const { status, stderr } = spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' });
    assert.equal(status, 0, `${page}:${line}: ${stderr}`);
  }
  const recipes = new Set([...read('justfile').matchAll(/^([a-z][\w-]*)(?: [^:\n]*)?:(?!=)/gm)].map(([, name]) => name));
  const stack = read('docker/stack.yaml') + read('docker/compose.yaml');
  const wrong = [];
  for (const page of pages) {
    const code = [...every(page).map(({ text }) => text), ...[...read(page).matchAll(/`([^`\n]+)`/g)].map(([, text]) => text)];
    for (const text of code) {
      for (const [, name] of text.matchAll(/(?:^|[ ;&(]|\.\/)justw? ([a-z][\w-]*)/gm)) if (!recipes.has(name)) wrong.push(`${page}: just ${name}`);
      for (const [path] of text.matchAll(/(?<![\w/.$}])(?:scripts|docker|charts|config|migrations)\/[\w./-]*\w/g)) if (!existsSync(join(repository, path)) && !/^docker\/(secrets\b|\.env$)/.test(path)) wrong.push(`${page}: ${path}`);
      for (const [line] of text.matchAll(/^.*\bdocker .*$/gm)) for (const [, name] of line.matchAll(/\bclockwork_([a-z_]+)\b/g)) if (!new RegExp(`^ +(clockwork_)?${name}:`, 'm').test(stack) && !/^database_url_2?$/.test(name)) wrong.push(`${page}: clockwork_${name}`);
    }
  }
  assert.deepEqual([...new Set(wrong)], []);
});

test('a command for a cluster names the namespace', () => {
  const wrong = [];
  for (const page of ['README.md', ...['OPERATIONS', 'KUBERNETES', 'DEPLOYMENT', 'CHECKLIST', 'PIPELINES'].map((name) => `docs/${name}.md`)]) {
    const code = [...every(page).filter(({ language }) => language === 'sh').map(({ text }) => text), ...[...read(page).matchAll(/`([^`\n]+)`/g)].map(([, text]) => text)].join('\n').replaceAll('\\\n', ' ');
    // A command without arguments, such as `helm test`, is named and not to be typed; namespaces, and charts in a registry, are in no namespace.
    for (const [command] of code.matchAll(/\b(?:kubectl|helm) (?!-?-?[\w-]+$|… |pull |create namespace |label namespace |apply -f -)[^|\n]+/gm)) {
      if (/^helm \w+ …/.test(command)) continue;
      if (!/ (?:-n|--namespace) (?:clockwork|ours|two)(?![\w-])/.test(command)) wrong.push(`${page}: ${command}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('each document and each crate has its place in the README', () => {
  const text = read('README.md');
  const documents = readdirSync(join(repository, 'docs')).filter((name) => name.endsWith('.md'));
  assert.deepEqual(documents.filter((name) => !text.includes(`(docs/${name})`)), []);
  const crates = readdirSync(join(repository, 'crates')).filter((name) => existsSync(join(repository, 'crates', name, 'Cargo.toml')));
  assert.deepEqual(crates.filter((name) => !text.includes(`| \`crates/${name}\` |`)), []);
});

test('numbers that several pages have are the same, and those of the code', () => {
  // The database's connections: one server more during a rollout, two beside each pool, one for the migrator.
  for (const path of ['docs/DEPLOYMENT.md', 'docs/OPERATIONS.md', 'docs/KUBERNETES.md', 'docs/CHECKLIST.md', 'charts/clockwork/values.yaml']) {
    const formulas = [...read(path).matchAll(/\(?`?(?:replicas|autoscaling\.maxReplicas)`?(?: \+ 1\))? [×*] \(`?(?:DATABASE_MAX_CONNS|databaseMaxConns)`? \+ 2\)[^,;:.]{0,4}/g)].map(([formula]) => formula.replace(/[`\s]/g, ''));
    assert.ok(formulas.length > 0, path);
    for (const formula of formulas) assert.match(formula, /^\((?:replicas|autoscaling\.maxReplicas)\+1\)[×*]\(\w+\+2\)\+1/, path);
  }
  const [, pool] = /^### DATABASE_MAX_CONNS\n[^#]*?- Default: `(\d+)`/m.exec(read('docs/CONFIGURATION.md'));
  const needed = (replicas) => (replicas + 1) * (Number(pool) + 2) + 1;
  for (const page of ['docs/DEPLOYMENT.md', 'docs/OPERATIONS.md']) assert.ok(read(page).includes(String(needed(3))), page);
  assert.ok(read('docs/DEPLOYMENT.md').includes(`that is ${needed(1)} for one server`));

  const [, minutes] = /lifetime: Duration::from_secs\((\d+) \* 60\)/.exec(read('crates/core/src/events/shared.rs'));
  for (const path of ['docs/DEPLOYMENT.md', 'docs/KUBERNETES.md', 'charts/clockwork/values.yaml', 'charts/clockwork/README.md']) {
    assert.match(read(path), new RegExp(`(?:/api/events|Event streams).*\\b${minutes} minutes`), path);
  }
});

test('the first start: a role, a database, a secret in a file, the schema, a server', async (t) => {
  const directory = workplace(t);
  const database = await postgres(t, directory);
  const FIRST_URL = database.url('clockwork_app:pass%20word', 'clockwork_first');
  const SECRETS = folder(directory, 'secrets');
  const environment = { ...database.environment, PATH: `${database.bin}:${openPrograms()}:${process.env.PATH}`, ADMIN_URL: database.url('postgres', 'postgres'), PASSWORD: 'pass word', FIRST_URL, SECRETS };
  const run = shell(t, directory, environment);
  for (const block of of('first')) await run(block);
  const running = await server(t, directory, { DATABASE_URL_FILE: join(SECRETS, 'database_url'), STATIC_DIR: join(repository, 'client/dist') });
  await track(running.url, 'The first');
  const smoke = execFileSync(join(repository, 'scripts/smoke'), [running.url], { encoding: 'utf8' });
  assert.match(smoke, / passed$/m);
  assert.deepEqual((await call(running.url, 'GET', '/api/projects')).map(({ name }) => name), ['The first'], 'it takes away what it made');
});

test('accounts: set up on the machine, signed in to, and tried by the smoke test with a token', async (t) => {
  const OWNER_PASSWORD = 'three otters and a lamp';
  const { directory, run, url } = await machine(t, () => ({ OWNER_PASSWORD, AUTH_MODE: 'accounts' }));
  const [block] = of('accounts');
  assert.match(await run(block), /^\S{20,}\n[^]*the owner can sign in/m);
  const running = await server(t, directory, { DATABASE_URL: url, AUTH_MODE: 'accounts', STATIC_DIR: join(repository, 'client/dist') });
  assert.equal((await get(`${running.url}/api/projects`)).status, 401);
  const post = async (path, body, headers = {}) => {
    const response = await fetch(running.url + path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
    const text = await response.text();
    assert.ok(response.ok, `${path}: ${response.status} ${text}`);
    return { cookie: response.headers.getSetCookie().map((one) => one.split(';')[0]).join('; '), json: text === '' ? undefined : JSON.parse(text) };
  };
  const { cookie } = await post('/api/auth/sign-in', { email: 'owner@example.com', password: OWNER_PASSWORD });
  const { json: { secret } } = await post('/api/auth/tokens', { name: 'Smoke test', scope: 'manage' }, { cookie });
  const smoke = (env) => spawnSync(join(repository, 'scripts/smoke'), [running.url], { encoding: 'utf8', env: { ...process.env, ...env } });
  assert.match(smoke({}).stderr, /answered 401: the server has accounts, and SMOKE_TOKEN is not set/);
  const { status, stdout, stderr } = smoke({ SMOKE_TOKEN: secret });
  assert.equal(status, 0, stdout + stderr);
  assert.match(stdout, / passed$/m);
});

test('where to look: probes, settings, migrations and what the database does', async (t) => {
  const { directory, run, url } = await machine(t);
  const running = await server(t, directory, { DATABASE_URL: url });
  const [first, ...others] = of('look');
  const seen = await run({ ...first, text: `URL=${running.url}\n${first.text}` });
  assert.match(seen, /"status":"alive"[^]*"status":"ready"[^]*"ok":true/);
  assert.match(seen, /DATABASE_URL/);
  let all = '';
  for (const block of others) all += await run(block);
  assert.match(all, /time_entries/);
  assert.match(all, /migrat/i);
});

test('a report as a file: the workbook is written, and its sheet has the project', async (t) => {
  const { directory, run, url } = await machine(t);
  const running = await server(t, directory, { DATABASE_URL: url });
  const project = await call(running.url, 'POST', '/api/projects', { name: 'Website' });
  const category = await call(running.url, 'POST', `/api/projects/${project.id}/categories`, { name: 'Design' });
  await call(running.url, 'POST', '/api/time/entries', { categoryId: category.id, startedAt: '2026-11-03T09:00:00Z', stoppedAt: '2026-11-03T10:30:00Z' });
  const [block] = of('report');
  await run({ ...block, text: `export PORT=${new URL(running.url).port}\n${block.text}` });
  const { status, stdout } = spawnSync('python3', ['-c', 'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print("".join(z.read(n).decode() for n in z.namelist() if n.endswith(".xml")))', join(directory, 'november.xlsx')], { encoding: 'utf8' });
  assert.equal(status, 0);
  assert.match(stdout, /Website/);
});

test('the options and commands of the programs that the pages name are there', () => {
  const ofItsCommands = (name, path = []) => {
    const top = program(name, [...path, '--help']);
    const commands = [...(/^Commands:\n((?: .*\n)+)/m.exec(top)?.[1] ?? '').matchAll(/^ {2}([a-z-]+) /gm)].map(([, command]) => command).filter((command) => command !== 'help');
    return [top, ...commands.map((command) => ofItsCommands(name, [...path, command]))].join('\n');
  };
  const help = Object.fromEntries(['server', 'migrator'].map((name) => [name, ofItsCommands(name)]));
  const named = new Set();
  for (const page of pages) {
    const code = [...every(page).filter(({ language }) => language === 'sh').map(({ text }) => text), ...[...read(page).matchAll(/`([^`\n]+)`/g)].map(([, text]) => text)];
    // `migrator --lock-timeout 10s up`, `/app/server --print-config`, `DATABASE_URL=… migrator status`
    for (const text of code) for (const [, name, rest] of text.matchAll(/(?:^|\/app\/|[A-Z_]+=\S+ )(server|migrator)((?: [\w.=@-]+)+)/gm)) for (const word of rest.trim().split(' ')) if (/^(--[a-z-]+|[a-z-]+)$/.test(word)) named.add(`${page}: ${name} ${word}`);
  }
  assert.ok(named.size > 10, [...named].join());
  assert.deepEqual([...named].filter((one) => {
    const [, name, word] = /: (\w+) (\S+)$/.exec(one);
    return !new RegExp(`(^|[\\s,\\[])${word}(?![\\w-])`, 'm').test(help[name]);
  }), []);
});

test('the log lines that the page looks for are found, and what is no JSON is passed over', async (t) => {
  const { directory, database, run, url } = await machine(t);
  const running = await server(t, directory, { DATABASE_URL: url });
  const { headers } = await get(`${running.url}/api/projects`);
  database.run('pg_ctl', 'stop', '--pgdata', database.data, '--mode=immediate', '--wait', '--silent');
  assert.equal((await get(`${running.url}/api/projects`)).status, 503);
  await running.stop();
  const said = join(directory, 'said.log');
  writeFileSync(said, `thread 'main' panicked\n${running.log().map((line) => JSON.stringify(line)).join('\n')}\n{"level":"ERROR","message":"one"}\n`, { mode: 0o644 });
  // The log comes from a file instead of the three programs that keep it.
  const [block] = of('logs');
  const instead = ['kubectl', 'docker', 'journalctl'].map((name) => `${name}() { cat ${said}; }\n`).join('');
  const seen = await run({ ...block, text: instead + block.text.replace('"…"', JSON.stringify(headers['x-request-id'])) });
  const lines = seen.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  const errors = lines.filter(({ level }) => level === 'ERROR');
  assert.ok(errors.some(({ message }) => message === 'one'), seen);
  assert.ok(lines.some(({ status }) => status === 503), seen);
  assert.deepEqual(lines.filter(({ request_id: id, status }) => id === headers['x-request-id'] && status === 200).length, 1, seen);
  assert.ok(lines.every((line) => line.level === 'ERROR' || line.status >= 500 || line.request_id === headers['x-request-id']), seen);
});

test("the role's settings for a pooler are in force for its sessions, and a server works with them", async (t) => {
  const { directory, database, run, url } = await machine(t);
  const [settings] = of('pooler');
  await run(settings);
  const shown = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'default_transaction_isolation'].map((name) => database.psql(`SHOW ${name}`, url));
  assert.deepEqual(shown, ['30s', '10s', '1min', 'read committed']);
  const running = await server(t, directory, { DATABASE_URL: url });
  await track(running.url, 'By a role with settings');
  // What is configured for PgBouncer is what the reliability tests run it with.
  const [ini] = every('docs/DEPLOYMENT.md').filter((block) => block.reason === 'pgbouncer');
  const tested = read('crates/server/tests/it/reliability/bouncer.rs');
  for (const line of ini.text.split('\n').filter((text) => /^(pool_mode|max_prepared_statements|server_login_retry) /.test(text))) assert.ok(tested.includes(line), line);
});

test('nginx as the page configures it: redirect, names, sizes of bodies, and events that arrive at once', { timeout: 120_000 }, async (t) => {
  const { directory, url } = await machine(t);
  const running = await server(t, directory, { DATABASE_URL: url, PUBLIC_URL: 'https://time.example.com', TRUSTED_PROXIES: '127.0.0.1/32', STATIC_DIR: join(repository, 'client/dist') });
  const [http, https] = [await freePort(), await freePort()];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=time.example.com', '-keyout', 'privkey.pem', '-out', 'fullchain.pem'], { cwd: directory, ...account(), stdio: 'ignore', env: { ...process.env, HOME: directory } });
  const here = {
    '127.0.0.1:8080': new URL(running.url).host,
    'listen 80;': `listen 127.0.0.1:${http};`,
    'listen 443 ssl': `listen 127.0.0.1:${https} ssl`,
    '/etc/letsencrypt/live/time.example.com/': `${directory}/`,
  };
  const [block] = of('proxy');
  let text = block.text;
  for (const [there, instead] of Object.entries(here)) {
    assert.ok(text.includes(there), there);
    text = text.replaceAll(there, instead);
  }
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${directory}/nginx-${name};\n`).join('');
  writeFileSync(join(directory, 'nginx.conf'), `pid ${directory}/nginx.pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n${places}${text}}\n`, { mode: 0o644 });
  const proxy = spawn('nginx', ['-p', directory, '-c', 'nginx.conf', '-e', 'stderr', '-g', 'daemon off;'], { ...account(), cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  proxy.stderr.setEncoding('utf8').on('data', (more) => (said += more));
  const ended = new Promise((done) => proxy.once('close', done));
  afterwards(t, async () => {
    proxy.kill('SIGTERM');
    await ended;
  });
  const open = () => new Promise((resolve) => connect(https, '127.0.0.1').once('connect', function close() { this.destroy(); resolve(true); }).once('error', () => resolve(false)));
  for (let attempt = 0; !(await open()); attempt += 1) {
    assert.ok(attempt < 200 && proxy.exitCode === null, said);
    await sleep(50);
  }

  /** A request through the proxy; resolves at the head of the answer. */
  const ask = (method, path, { host = 'time.example.com', body, type = 'application/json', by = secure, port = https } = {}) =>
    new Promise((resolve, reject) => {
      const headers = { host, ...(body === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(body) }) };
      const request = by({ host: '127.0.0.1', port, method, path, headers, servername: 'time.example.com', rejectUnauthorized: false, agent: false }, (response) => resolve(response.setEncoding('utf8')));
      // A proxy that refuses a body closes the connection while it is still sent.
      request.once('error', reject).end(body);
    });
  const whole = async (response) => {
    let received = '';
    for await (const more of response) received += more;
    return received;
  };
  const moved = await ask('GET', '/projects?x=1', { by: plain, port: http });
  assert.deepEqual([moved.statusCode, moved.headers.location], [301, 'https://time.example.com/projects?x=1']);
  const page = await ask('GET', '/');
  assert.deepEqual([page.statusCode, /^<!doctype html>/i.test(await whole(page))], [200, true]);
  assert.equal((await ask('GET', '/api/projects', { host: 'other.example.com' })).statusCode, 421);

  // The stream stays open, and its events come while it does.
  const stream = await ask('GET', '/api/events');
  assert.equal(stream.statusCode, 200);
  const created = JSON.parse(await whole(await ask('POST', '/api/projects', { body: '{"name":"Through the proxy"}' })));
  let events = '';
  for await (const more of stream) {
    events += more;
    if (events.includes(created.id)) break;
  }
  assert.ok(events.includes(created.id), events);

  // 2 MiB reach the server where imports are, and nothing else.
  const large = 'x'.repeat(2 << 20);
  const taken = await ask('POST', '/api/imports', { body: large, type: 'multipart/form-data; boundary=x' });
  assert.deepEqual([taken.statusCode, taken.headers['x-deployment-version'] !== undefined], [400, true]);
  const refused = await ask('POST', '/api/projects', { body: large }).then((response) => [response.statusCode, response.headers['x-deployment-version']], (error) => error.code);
  assert.ok(['EPIPE', 'ECONNRESET'].includes(refused) || (refused[0] === 413 && refused[1] === undefined), String(refused));
});

test('a dump restores into another database, entry by entry', async (t) => {
  const { directory, database, url, run } = await machine(t, (place, { url: at }) => ({ BACKUPS: folder(place, 'backups'), RESTORED_URL: at('clockwork', 'clockwork_restored') }));
  const running = await server(t, directory, { DATABASE_URL: url });
  await track(running.url, 'Kept');
  await track(running.url, 'Kept too');
  const [dump, restore] = of('backup');
  await run(dump);
  // What comes after the dump is not in it.
  await track(running.url, 'Too late');
  const seen = await run(restore);
  assert.match(seen, /\b2 \|/);
  const restored = database.url('clockwork', 'clockwork_restored');
  assert.deepEqual(entries(database, restored), entries(database, url).slice(0, 2));
  await running.stop();
  const again = await server(t, directory, { DATABASE_URL: restored });
  assert.deepEqual((await call(again.url, 'GET', '/api/projects')).map((project) => project.name), ['Kept', 'Kept too']);
});

test('a base backup and the archive go back to a point in time: what was before is there, what came after is not', async (t) => {
  const { directory, database, url, run } = await machine(t, (place) => ({ BACKUPS: folder(place, 'backups'), ARCHIVE: folder(place, 'archive') }));
  const [archive, base, restore] = of('pitr');
  await run(archive);
  const before = await server(t, directory, { DATABASE_URL: url });
  const early = await track(before.url, 'Before the base backup');
  await run(base);
  const kept = await track(before.url, 'After the base backup');
  const target = database.psql('SELECT clock_timestamp()');
  await sleep(50);
  // The accident, with work of others after it.
  database.psql('DELETE FROM time_entry_tags; DELETE FROM time_entries', database.url('postgres', 'clockwork'));
  await track(before.url, 'After the accident');
  await before.stop();
  await run({ ...restore, text: `TARGET='${target}'\n${restore.text}` });
  assert.deepEqual(entries(database, url), [early, kept].sort());
  const after = await server(t, directory, { DATABASE_URL: url });
  assert.deepEqual((await call(after.url, 'GET', '/api/projects')).map((project) => project.name), ['Before the base backup', 'After the base backup']);
  assert.equal(database.psql("SELECT count(*) FROM pg_file_settings WHERE name IN ('restore_command', 'recovery_target_time')"), '0');
  await track(after.url, 'And on it goes');
});

test('a promoted standby is followed without a restart', async (t) => {
  const port = await freePort();
  const { directory, database, run } = await machine(t, (_, { url: at }) => ({ STANDBY_URL: at('postgres', 'postgres', port) }));
  const standby = join(directory, 'standby');
  database.run('pg_basebackup', '--dbname', database.url('postgres', 'postgres'), '--pgdata', standby, '--checkpoint=fast', '--wal-method=stream', '--write-recovery-conf');
  appendFileSync(join(standby, 'postgresql.auto.conf'), `port = ${port}\n`);
  const stop = (data) => database.run('pg_ctl', 'stop', '--pgdata', data, '--mode=immediate', '--wait', '--silent');
  afterwards(t, () => stop(standby));
  database.run('pg_ctl', 'start', '--pgdata', standby, '--wait', '--silent', '--log', `${standby}.log`);
  const running = await server(t, directory, { DATABASE_URL: `postgres://clockwork@127.0.0.1:${database.port},127.0.0.1:${port}/clockwork?target_session_attrs=read-write` });
  const entry = await track(running.url, 'Before');
  // The standby has it before the primary is lost.
  for (let attempt = 0; database.psql('SELECT count(*) FROM time_entries', database.url('postgres', 'clockwork', port)) !== '1'; attempt += 1) {
    assert.ok(attempt < 600, 'the standby does not follow');
    await sleep(50);
  }
  stop(database.data);
  const [failover] = of('failover');
  assert.match(await run(failover), /t/);
  for (let attempt = 0; ; attempt += 1) {
    const answer = await fetch(`${running.url}/api/time/entries/${entry}`);
    if (answer.ok) break;
    assert.equal(answer.status, 503);
    assert.ok(attempt < 600, 'the server does not follow');
    await sleep(50);
  }
  await track(running.url, 'After');
});

test("the database's password changes hands, and the server works as each role", async (t) => {
  const { directory, database, run } = await machine(t, (_, { url: at }) => ({ BLUE_PASSWORD: "it's blue", GREEN_PASSWORD: 'green', GREEN_URL: at('clockwork_green', 'clockwork') }));
  const [blue, green, shutOut] = of('rotate');
  await run(blue);
  const first = await server(t, directory, { DATABASE_URL: database.url('clockwork_blue', 'clockwork') });
  await track(first.url, 'As blue');
  assert.match(await run(green), /clockwork +\| clockwork_green/);
  const second = await server(t, directory, { DATABASE_URL: database.url('clockwork_green', 'clockwork') });
  await first.stop();
  await track(second.url, 'As green');
  // A migration made by either belongs to the owner, so the other can go on with it.
  program('migrator', ['redo', '--yes'], { ENV: 'production', AUTH_MODE: 'none', DATABASE_URL: database.url('clockwork_green', 'clockwork') });
  assert.equal(database.psql("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'", database.url('postgres', 'clockwork')), 'clockwork');
  await run(shutOut);
  assert.equal(database.psql("SELECT count(*) FROM pg_roles WHERE rolname = 'clockwork_blue'"), '0');
  await track(second.url, 'Still green');
});

test('the recipes for migrations: forward, back, to one, and which are applied', async (t) => {
  const directory = workplace(t);
  const database = await postgres(t, directory);
  const applied = () => (database.psql("SELECT to_regclass('__diesel_schema_migrations') IS NOT NULL", database.url('clockwork', 'clockwork')) === 't' ? Number(database.psql('SELECT count(*) FROM __diesel_schema_migrations', database.url('clockwork', 'clockwork'))) : 0);
  // As a programmer types them, without building what the recipes need: that is built here.
  const just = (...words) =>
    execFileSync('just', ['--no-deps', ...words], {
      cwd: repository,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PATH: `${join(repository, '.cache/tools/bin')}:${process.env.PATH}`, CARGO_TARGET_DIR: join(programs, '..'), DATABASE_URL: database.url('clockwork', 'clockwork') },
    });
  const all = readdirSync(join(repository, 'migrations'), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name).sort();
  just('migrate');
  assert.equal(applied(), all.length);
  just('migrate-down');
  assert.equal(applied(), all.length - 1);
  just('migrate-down', '2');
  assert.equal(applied(), all.length - 3);
  const [second] = all[1].split('_');
  for (let times = 0; times < 2; times += 1) {
    just('migrate-to', second);
    assert.equal(applied(), 2);
    just('migrate');
  }
  assert.equal(applied(), all.length);
  assert.match(just('migrate-status'), new RegExp(all.at(-1).split('_')[0]));
});

test('every link within the documents leads somewhere', () => {
  const slug = (heading) => heading.toLowerCase().replace(/[^\p{L}\p{N}\- _]/gu, '').replaceAll(' ', '-');
  const prose = (path) => readFileSync(path, 'utf8').replace(/^ *```[^]*?^ *```$/gm, '');
  const anchors = (path) => prose(path).split('\n').filter((line) => /^#+ /.test(line)).map((line) => slug(line.replace(/^#+ /, '')));
  const broken = [];
  for (const page of pages) {
    for (const [, target] of prose(join(repository, page)).matchAll(/\]\((?!\w+:)([^)\s]+)\)/g)) {
      const [file, anchor] = target.split('#');
      const path = file === '' ? join(repository, page) : join(repository, page, '..', file);
      if (!existsSync(path) || (anchor !== undefined && !anchors(path).includes(anchor))) broken.push(`${page}: ${target}`);
    }
  }
  assert.deepEqual(broken, []);
});
