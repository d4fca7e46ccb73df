// The image of docker/Dockerfile, and docker/compose.yaml with it: built, looked through, and run as careful people run it. `just test-image`.
// Where there is no Docker engine it says so, and everything here is skipped, unless CLOCKWORK_ENGINE=required says that there must be one: CI does.
// CLOCKWORK_IMAGE names an image that is there already or can be pulled; then nothing is skipped either.
// With CLOCKWORK_QUICKLY the programs are compiled sooner, and what is said of their size is looked at by `just test-image` alone.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';

import { BASE, LABEL, POSTGRES, address, build, commands, dockerAsync, inspect, logs, must, mustAsync, network, run, start, tidy, toItsEnd, until, whyNot } from './testing/docker.mjs';
import { audited, entries, interpreter, member } from './testing/archive.mjs';
import { blocks, cells } from './testing/documents.mjs';
import { freePort, repository } from './testing/postgres.mjs';
import { call, get, track } from './testing/server.mjs';

const given = process.env.CLOCKWORK_IMAGE || undefined;
const quickly = !given && Boolean(process.env.CLOCKWORK_QUICKLY);
const reason = await whyNot(given !== undefined);
if (reason !== undefined && (given || process.env.CLOCKWORK_ENGINE === 'required')) throw new Error(`${given ?? 'the image'} cannot be tested: ${reason}`);
if (reason !== undefined) console.error(`\ntest-image: SKIPPED, neither image nor Compose are tested here: ${reason}\n`);

else {
  // Only now, because it takes minutes to build where there is none.
  process.env.PATH = `${join(repository, '.cache/tools/bin')}:${process.env.PATH}`;
  execFileSync(join(repository, 'scripts/need'), ['compose'], { stdio: 'inherit' });
}

/** What the programs of an image that is built here say about themselves. */
const BUILD = { VERSION: '9.8.7', REVISION: '0123456789abcdef0123456789abcdef01234567', CREATED: '2026-01-31T12:00:00Z' };
const HARDENED = ['--read-only', '--cap-drop', 'ALL', '--user', '12345:0', '--security-opt', 'no-new-privileges'];
const PROMISED_BYTES = 30_000_000;
/** For the health probe, which a container's engine starts again and again. */
const PROBE_BYTES = 2_000_000;
const PASSWORD = 'not-to-be-seen';

describe('the image', { skip: reason !== undefined, concurrency: true }, () => {
  let image;
  let says;
  let postgres;
  let work;
  const label = (name) => must(['image', 'inspect', '--format', `{{index .Config.Labels "org.opencontainers.image.${name}"}}`, image]);

  before(async () => {
    work = mkdtempSync(join(tmpdir(), 'clockwork-image-'));
    if (given && (await dockerAsync(['image', 'inspect', given])).status !== 0) await mustAsync(['pull', '--quiet', given]);
    image = given ?? (await build(BUILD, quickly));
    says = { version: label('version'), revision: label('revision'), created: label('created') };
    network();
    postgres = await start('--network', run, '--network-alias', 'postgres', '--env', `POSTGRES_PASSWORD=${PASSWORD}`, '--env', 'LANG=C.UTF-8', '--tmpfs', '/var/lib/postgresql', POSTGRES, 'postgres', '-c', 'fsync=off');
    await until(postgres, 'ready', async () => (await dockerAsync(['exec', postgres, 'pg_isready', '--host=127.0.0.1', '--username=postgres'])).status === 0);
  });
  after(() => {
    tidy();
    rmSync(work, { recursive: true, force: true });
  });

  /** The URL of a database of a test's own, empty. */
  async function database(name) {
    await mustAsync(['exec', postgres, 'createdb', '--username=postgres', name]);
    return `postgres://postgres:${PASSWORD}@postgres:5432/${name}?sslmode=disable`;
  }
  const environment = (settings) => Object.entries({ ENV: 'production', AUTH_MODE: 'none', AUTH_NONE_ANYWHERE: 'true', ...settings }).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
  const hardened = (settings, ...more) => ['--network', run, ...HARDENED, ...environment(settings), ...more];
  const migrate = (url, ...args) => toItsEnd(...hardened({ DATABASE_URL: url }), image, '/app/migrator', ...args);

  /** A database with the schema. */
  async function migrated(name) {
    const url = await database(name);
    const { status, text } = await migrate(url, 'up');
    assert.equal(status, 0, text);
    return url;
  }

  /** A server in a container, and where it answers. */
  async function server(settings, ...more) {
    const name = await start(...hardened(settings, '--publish', '127.0.0.1::8080', '--health-interval', '500ms', ...more), image);
    const url = await until(name, 'published', () => address(name));
    await until(name, 'ready', async () => (await get(`${url}/readyz`)).ok);
    return { name, url };
  }

  test('holds the programs, the page and the migrations, and nothing else beside its base', async () => {
    const files = async (of) => {
      const name = `${run}-files-${of === image ? 'image' : 'base'}`;
      await mustAsync(['create', '--name', name, '--label', `clockwork-test=${run}`, of, '/nothing']);
      await mustAsync(['export', '--output', join(work, name), name]);
      const all = entries(join(work, name));
      return { tar: join(work, name), list: all.filter(({ directory }) => !directory), directories: all.filter(({ directory }) => directory) };
    };
    const [{ list: below }, { list, directories, tar }] = await Promise.all([files(BASE), files(image)]);
    const ours = list.filter(({ path, size, mode }) => !below.some((file) => file.path === path && file.size === size && file.mode === mode));

    const migrations = readdirSync(join(repository, 'migrations'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.md'))
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(repository.length));
    const isPage = ({ path }) => path.startsWith('app/static/');
    assert.deepEqual(
      ours.filter((file) => !isPage(file)).map(({ path }) => path).sort(),
      ['app/healthcheck', 'app/migrator', 'app/server', 'app/sbom/client.cdx.json', ...readdirSync(join(repository, 'config')).map((name) => `app/config/${name}`), ...migrations.map((path) => `app/${path}`)].sort(),
    );
    const page = ours.filter(isPage).map(({ path }) => path.slice('app/static/'.length));
    for (const path of page) assert.match(path, /^(index\.html|favicon\.svg|early\.js|assets\/[\w.-]+\.(js|css|woff2)(\.br|\.gz)?)$/);
    for (const path of ['index.html', 'favicon.svg', 'early.js']) assert.ok(page.includes(path), path);
    const scripts = page.filter((path) => path.endsWith('.js') && path.startsWith('assets/index-'));
    assert.ok(scripts.length > 0);
    for (const script of scripts) for (const smaller of ['br', 'gz']) assert.ok(page.includes(`${script}.${smaller}`), `${script} has no smaller copy (${smaller})`);

    // Nothing that could be run, but our three; nothing of ours that its user could change.
    const runnable = list.filter(({ mode, path }) => (mode & 0o111) !== 0 && !path.endsWith('.dockerenv') && !/^(dev|proc|sys|etc)\//.test(path));
    assert.deepEqual(runnable.filter(({ link }) => !link).map(({ path }) => path).sort(), ['app/healthcheck', 'app/migrator', 'app/server']);
    const within = directories.filter(({ path }) => /^app(\/|$)/.test(path));
    assert.ok(within.some(({ path }) => path === 'app'));
    for (const file of [...ours, ...within]) assert.ok(file.owner === '0/0' && (file.mode & 0o022) === 0 && (file.mode & 0o444) === 0o444, JSON.stringify(file));
    for (const path of ['etc/ssl/certs/ca-certificates.crt', 'usr/share/zoneinfo/Europe/Berlin']) assert.ok(below.some((file) => file.path === path), `${BASE} has no ${path}`);

    for (const program of ['server', 'migrator', 'healthcheck']) assert.equal(interpreter(member(tar, `app/${program}`)), undefined, `${program} is not static`);
    if (quickly) return;
    const bytes = list.reduce((sum, { size }) => sum + size, 0);
    assert.ok(bytes < PROMISED_BYTES, `${bytes} bytes`);
    const { size: probe } = list.find(({ path }) => path === 'app/healthcheck');
    assert.ok(probe < PROBE_BYTES, `the health probe has ${probe} bytes`);
  });

  test('names every crate and every package of the client that it is made of, for scanners', async () => {
    const name = `${run}-parts`;
    await mustAsync(['create', '--name', name, '--label', `clockwork-test=${run}`, image]);
    await mustAsync(['cp', `${name}:/app`, join(work, 'parts')]);
    // The versions that each program was linked from, of the lock file: names may differ by what a target leaves out, never by a version.
    const locked = new Set([...readFileSync(join(repository, 'Cargo.lock'), 'utf8').matchAll(/^name = "([^"]+)"\nversion = "([^"]+)"$/gm)].map(([, crate, version]) => `${crate} ${version}`));
    for (const [program, crate, least] of [['server', 'actix-web', 150], ['migrator', 'tokio-postgres', 80], ['healthcheck', 'ureq', 5]]) {
      const crates = audited(readFileSync(join(work, 'parts', program)));
      assert.ok(crates.length >= least && crates.some(({ name: one }) => one === crate), `${program} names ${crates.length} crates`);
      for (const { name: one, version } of crates) assert.ok(locked.has(`${one} ${version}`), `${program}: ${one} ${version}`);
    }
    const { bomFormat, components } = JSON.parse(readFileSync(join(work, 'parts/sbom/client.cdx.json'), 'utf8'));
    assert.equal(bomFormat, 'CycloneDX');
    const { dependencies } = JSON.parse(readFileSync(join(repository, 'client/package.json'), 'utf8'));
    for (const one of Object.keys(dependencies)) assert.ok(components.some(({ name: packaged }) => packaged === one), one);
  });

  test('says how it is to be run, and which build it is', async () => {
    const { Config: config } = await inspect(image);
    assert.deepEqual(config.Cmd, ['/app/server']);
    assert.equal(config.Entrypoint ?? null, null);
    assert.equal(config.WorkingDir, '/app');
    assert.match(config.User, /^65532(:65532)?$/);
    assert.ok('8080/tcp' in config.ExposedPorts);
    assert.deepEqual(config.Healthcheck.Test, ['CMD', '/app/healthcheck']);
    const baked = config.Env.filter((text) => !/^(PATH|SSL_CERT_FILE)=/.test(text)).sort();
    assert.deepEqual(baked, ['HOST=0.0.0.0', 'METRICS_PORT=9090', 'MIGRATIONS_DIR=/app/migrations', 'PORT=8080', 'STATIC_DIR=/app/static']);
    for (const [name, value] of Object.entries({ title: 'Clockwork', licenses: 'Apache-2.0 OR MIT' })) assert.equal(label(name), value);
    if (!given) assert.deepEqual(says, { version: BUILD.VERSION, revision: BUILD.REVISION, created: BUILD.CREATED });
    for (const program of ['server', 'migrator', 'healthcheck']) {
      const { stdout, text } = await toItsEnd(image, `/app/${program}`, '--version');
      const [first, ...more] = stdout.trimEnd().split('\n');
      assert.equal(first, `${program} ${says.version} (${says.revision.slice(0, 12)}, ${says.created})`, text);
      assert.match(more.join('\n'), program === 'server' ? /^time zone rules: IANA 20\d\d[a-z]$/ : /^$/, text);
    }
  });

  test('runs read-only, without capabilities, as any user, and turns healthy', async () => {
    const { name, url } = await server({ DATABASE_URL: await migrated('hardened') });
    await until(name, 'healthy', async () => (await inspect(name)).State.Health.Status === 'healthy');
    const alive = await get(`${url}/livez`);
    const { version, revision, created } = JSON.parse(alive.text);
    assert.deepEqual({ version, revision, created }, says);
    assert.equal(alive.headers['x-deployment-version'], `${says.version}+${says.revision.slice(0, 12)}`);
    const page = await get(url);
    assert.match(page.headers['content-type'], /^text\/html/);
    const [, script] = /src="(\/assets\/index-[^"]+\.js)"/.exec(page.text);
    const served = await get(url + script, { 'accept-encoding': 'br' });
    assert.deepEqual([served.status, served.headers['content-encoding']], [200, 'br']);
    await track(url, 'By any user');
    const { HostConfig: host, Config: config } = await inspect(name);
    assert.ok(host.ReadonlyRootfs && config.User === '12345:0');
  });

  test('runs with nothing said but a port and a database', async () => {
    const url = await migrated('plain');
    const name = await start('--network', run, '--env', 'PORT=8181', '--env', `DATABASE_URL=${url}`, '--publish', '127.0.0.1::8181', '--health-interval', '500ms', image);
    await until(name, 'healthy', async () => (await inspect(name)).State.Health.Status === 'healthy');
    await track(await address(name, 8181), 'Nothing said');
    // It could write, and does not.
    assert.equal(await mustAsync(['diff', name]), '');
  });

  test('looks names up where containers do: with the engine, and in /etc/hosts', async () => {
    await database('names');
    const { IPAddress: ip } = (await inspect(postgres)).NetworkSettings.Networks[run];
    for (const [host, ...more] of [['postgres'], [postgres], ['listed', '--add-host', `listed:${ip}`]]) {
      const url = `postgres://postgres:${PASSWORD}@${host}:5432/names?sslmode=disable`;
      const { status, text } = await toItsEnd(...hardened({ DATABASE_URL: url }, ...more), image, '/app/migrator', 'status');
      assert.equal(status, 0, text);
    }
    const url = `postgres://postgres:${PASSWORD}@nobody.invalid:5432/names?sslmode=disable`;
    const { status, text } = await toItsEnd(...hardened({ DATABASE_URL: url }), image, '/app/migrator', 'status', '--wait', '1s');
    assert.equal(status, 3, text);
    assert.ok(text.includes('nobody.invalid') && !text.includes(PASSWORD), text);
  });

  test('migrates once, and again there is nothing to do', async () => {
    const url = await database('migrations');
    const first = await migrate(url, 'up');
    assert.equal(first.status, 0, first.text);
    const again = await migrate(url, 'up');
    assert.equal(again.status, 0, again.text);
    const status = await migrate(url, 'status', '--json');
    const { migrations } = JSON.parse(status.stdout);
    const directories = readdirSync(join(repository, 'migrations'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    assert.equal(migrations.length, directories.length);
    for (const migration of migrations) {
      const name = migration.name ?? migration.version;
      assert.ok(first.text.includes(migration.version), `${name}: ${first.text}`);
      assert.ok(migration.applied_at, JSON.stringify(migration));
      assert.ok(!again.text.includes(migration.version), again.text);
    }
  });

  test('what was tracked outlives the container', async () => {
    const url = await migrated('outlives');
    const first = await server({ DATABASE_URL: url });
    const entry = await track(first.url, 'Before');
    await mustAsync(['rm', '--force', first.name]);
    const second = await server({ DATABASE_URL: url });
    assert.equal((await call(second.url, 'GET', `/api/time/entries/${entry}`)).description, 'Before');
  });

  test('drains when it is stopped, within the time that it is given', async () => {
    const { name, url } = await server({ DATABASE_URL: await migrated('drains'), SHUTDOWN_DRAIN: '15s', SHUTDOWN_TIMEOUT: '30s' });
    const stopped = mustAsync(['stop', '--time', '60', name]);
    await until(name, 'draining', async () => (await get(`${url}/readyz`)).status === 503);
    const answer = await get(`${url}/api/projects`);
    assert.deepEqual([answer.status, answer.headers.connection], [200, 'close']);
    await stopped;
    const { State: state } = await inspect(name);
    // A process that exceeds the stop timeout is killed, which is 137.
    assert.deepEqual([state.ExitCode, state.OOMKilled], [0, false], await logs(name));
  });

  test('reads secrets from files: named ones, and those of /run/secrets', async () => {
    const url = await migrated('secrets');
    const file = join(work, 'database_url');
    writeFileSync(file, `${url}\n`, { mode: 0o444 });
    for (const [settings, path] of [[{ DATABASE_URL_FILE: '/etc/clockwork/url' }, '/etc/clockwork/url'], [{}, '/run/secrets/database_url']]) {
      const { name, url: at } = await server(settings, '--volume', `${file}:${path}:ro`);
      assert.equal((await get(`${at}/api/projects`)).status, 200);
      assert.ok(!JSON.stringify(await inspect(name)).includes(PASSWORD));
      assert.ok(!(await logs(name)).includes(PASSWORD));
    }
  });

  test('the commands of docs/DEPLOYMENT.md for Docker, and what they show without a shell', async () => {
    const file = join(work, 'documented');
    writeFileSync(file, await database('documented'), { mode: 0o444 });
    const name = `${run}-documented`;
    const here = Object.entries({
      'network create clockwork': `network inspect ${run}`,
      '--network clockwork': `--network ${run}`,
      '--name clockwork': `--name ${name} --label ${LABEL}`,
      '127.0.0.1:8080:8080': '127.0.0.1::8080',
      '/etc/clockwork/database_url:': `${file}:`,
      'ghcr.io/OWNER/clockwork:0.1.0': image,
    });
    const [block] = blocks('docs/DEPLOYMENT.md').filter(({ test: of }) => of === 'docker');
    for (const [there] of here) assert.ok(block.text.includes(there), `${there} is not in:\n${block.text}`);
    await commands(work, here.reduce((text, [there, instead]) => text.replaceAll(there, instead), block.text));
    const url = await until(name, 'published', () => address(name));
    await until(name, 'ready', async () => (await get(`${url}/readyz`)).ok);

    const shown = async (to) => {
      const row = cells('docs/DEPLOYMENT.md', 'Inspect a container').find(([what]) => what === to);
      assert.ok(row, `there is no row "${to}"`);
      let text = '';
      for (const way of row.slice(1)) text += await commands(work, way.replace('docker stats', 'docker stats --no-stream').replace(/\bclockwork\b/, name));
      return text;
    };
    const settings = await shown('see what is in effect');
    assert.match(settings, /AUTH_MODE/);
    assert.ok(!settings.includes(PASSWORD), settings);
    assert.match(await shown('check its health'), /^ready\n\{"Status":/);
    assert.match(await shown('see the state of the schema'), /applied/);
    assert.match(await shown('see its files'), /^app\/server$/m);
    assert.ok(readdirSync(join(work, 'static')).includes('index.html'));
    assert.match(await shown('see its processes, its memory'), /\/app\/server[^]*MiB/);
  });

  test('a wrong configuration is exit code 78, with every problem named', async () => {
    const wrong = { DATABASE_URL: `mysql://clockwork:${PASSWORD}@postgres/x`, PORT: 'eighty', LOG_FORMAT: 'xml', SHUTDOWN_DRAIN: 'soon', AUTH_MODE: 'open' };
    for (const args of [[], ['/app/server', '--check-config'], ['/app/server']]) {
      const { status, text } = await toItsEnd(...hardened(wrong), image, ...args);
      assert.equal(status, 78, text);
      for (const name of Object.keys(wrong)) assert.ok(text.includes(name), `${name} is not named:\n${text}`);
      assert.ok(!text.includes(PASSWORD), text);
    }
    const { status, text } = await toItsEnd(...hardened({}), image, '/app/migrator', 'up');
    assert.equal(status, 78, text);
    assert.match(text, /DATABASE_URL/);
  });

  test('Compose: from nothing to a tracked second, and again after everything was taken down', async () => {
    const place = join(work, 'checkout');
    mkdirSync(join(place, 'charts/clockwork'), { recursive: true });
    // As in a new checkout: what a programmer keeps beside it is no part of the test.
    cpSync(join(repository, 'docker'), join(place, 'docker'), { recursive: true, filter: (path) => !/docker\/(secrets|\.env)$/.test(path) });
    for (const directory of ['alerts', 'dashboards']) cpSync(join(repository, 'charts/clockwork', directory), join(place, 'charts/clockwork', directory), { recursive: true });
    cpSync(join(repository, 'scripts/compose'), join(place, 'scripts/compose'));
    const [SERVER_PORT, POSTGRES_PORT] = [await freePort(), await freePort()].map(String);
    writeFileSync(join(place, 'docker/.env'), `SERVER_PORT=${SERVER_PORT}\nPOSTGRES_PORT=${POSTGRES_PORT}\nAUTH_MODE=none\nAUTH_NONE_ANYWHERE=true\nSHUTDOWN_DRAIN=0s\n`);
    const env = { ...process.env, CLOCKWORK_IMAGE: image, COMPOSE_PROJECT_NAME: run };
    const exec = promisify(execFile);
    const compose = (...args) => exec(join(place, 'scripts/compose'), args, { env, maxBuffer: 1 << 26 });

    const url = `http://127.0.0.1:${SERVER_PORT}`;
    const smoke = () => exec(join(repository, 'scripts/smoke'), [url], { env });
    try {
      await exec(join(place, 'docker/make-secrets'), [], { env });
      await compose('up', '--detach', '--wait', '--pull', 'never');
      const { stdout } = await smoke();
      assert.match(stdout, / passed$/m);
      const entry = await track(url, 'In Compose');

      const state = async (service) => inspect((await compose('ps', '--all', '--quiet', service)).stdout.trim());
      const [database, migrator, server] = await Promise.all(['postgres', 'migrator', 'server'].map(state));
      assert.deepEqual([migrator.State.Status, migrator.State.ExitCode, server.State.Health.Status, database.State.Health.Status], ['exited', 0, 'healthy', 'healthy']);
      for (const service of [database, migrator, server]) {
        assert.ok(service.HostConfig.ReadonlyRootfs, service.Name);
        assert.deepEqual(service.HostConfig.CapDrop, ['ALL'], service.Name);
        assert.deepEqual(service.HostConfig.SecurityOpt, ['no-new-privileges:true'], service.Name);
        assert.ok(service.HostConfig.Memory > 0 && service.HostConfig.NanoCpus > 0, service.Name);
        for (const [bound] of Object.values(service.HostConfig.PortBindings ?? {})) assert.equal(bound.HostIp, '127.0.0.1');
        const secret = readFileSync(join(place, 'docker/secrets/postgres_password'), 'utf8');
        assert.ok(secret.length >= 32 && !JSON.stringify(service).includes(secret), service.Name);
      }
      assert.equal(server.HostConfig.RestartPolicy.Name, 'unless-stopped');

      // What `just docker-migrate` does.
      const status = await compose('run', '--rm', '--no-deps', 'migrator', '/app/migrator', 'status', '--json');
      assert.ok(JSON.parse(status.stdout).migrations.every((migration) => migration.applied_at));

      // Secrets stay as they are, and so does the data.
      const before = readFileSync(join(place, 'docker/secrets/database_url'), 'utf8');
      await compose('down');
      await exec(join(place, 'docker/make-secrets'), [], { env });
      assert.equal(readFileSync(join(place, 'docker/secrets/database_url'), 'utf8'), before);
      await compose('up', '--detach', '--wait', '--pull', 'never');
      assert.equal((await call(url, 'GET', `/api/time/entries/${entry}`)).description, 'In Compose');

      const settled = await compose('--profile', 'monitoring', 'config', '--format', 'json');
      assert.deepEqual(Object.keys(JSON.parse(settled.stdout).services).sort(), ['grafana', 'migrator', 'postgres', 'prometheus', 'server']);
      const development = JSON.parse((await compose('--file', join(place, 'docker/compose.dev.yaml'), 'config', '--format', 'json')).stdout).services;
      assert.deepEqual([development.server.environment.ENV, development.migrator.image], ['development', 'clockwork:dev']);
    } catch (error) {
      const { stdout } = await compose('logs', '--no-color').catch((problem) => problem);
      throw new Error(`${error.message}\n${error.stdout ?? ''}${error.stderr ?? ''}\n${stdout}`);
    } finally {
      await compose('down', '--volumes', '--remove-orphans', '--timeout', '5').catch(() => {});
    }
  });
});
