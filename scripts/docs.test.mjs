// The commands in docs/OPERATIONS.md and docs/DEPLOYMENT.md, run as they stand there: `just test-docs`. Between the blocks the tests do what the text says has happened.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { blocks, shell } from './testing/documents.mjs';
import { afterwards, folder, freePort, postgres, repository, workplace } from './testing/postgres.mjs';
import { call, openPrograms, program, programs, server, track } from './testing/server.mjs';

const marked = ['docs/OPERATIONS.md', 'docs/DEPLOYMENT.md'].flatMap(blocks);
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
    DATABASE_URL: url,
    ADMIN_URL: database.url('postgres', 'postgres'),
    PGDATA: database.data,
    ...more?.(directory, database),
  };
  return { directory, database, url, environment, run: shell(t, directory, environment) };
}

const entries = (database, url) => database.psql('SELECT id FROM time_entries ORDER BY id', url).split('\n').filter(Boolean);

test('every block that is marked is run by a test', () => {
  // That for Docker has scripts/image.test.mjs.
  assert.deepEqual([...new Set(marked.map((block) => block.test))].sort(), ['backup', 'docker', 'failover', 'first', 'look', 'pitr', 'rotate']);
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
  assert.match(smoke, /is well/);
  assert.deepEqual((await call(running.url, 'GET', '/api/projects')).map(({ name }) => name), ['The first'], 'it takes away what it made');
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
  const pages = ['README.md', 'CONTRIBUTING.md', ...readdirSync(join(repository, 'docs')).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)];
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
