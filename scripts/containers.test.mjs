// docker/compose.yaml, its additions and docker/stack.yaml, as they are written; no Docker needed: `node --test scripts/containers.test.mjs`.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const require = createRequire(new URL('../client/package.json', import.meta.url));
const yaml = require('yaml');

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path) => readFileSync(join(root, path), 'utf8');
const parse = (path) => yaml.parse(read(path), { merge: true });
const compose = parse('docker/compose.yaml');
const development = parse('docker/compose.dev.yaml');
const stack = parse('docker/stack.yaml');
const published = parse('docker/stack.published.yaml');
const all = (file) => Object.entries(file.services).map(([name, service]) => ({ name, ...service }));

/** Seconds of a time span such as 45s or 2m. */
function seconds(span) {
  const [, count, unit] = /^(\d+)(s|m)$/.exec(span);
  return Number(count) * (unit === 'm' ? 60 : 1);
}

/** Seconds that a shutdown takes at most in production: the defaults in docs/CONFIGURATION.md. */
function shutdownSeconds() {
  const sections = read('docs/CONFIGURATION.md').split(/^### /m);
  return ['SHUTDOWN_DRAIN', 'SHUTDOWN_TIMEOUT']
    .map((name) => /^- Default: (.*)$/m.exec(sections.find((section) => section.startsWith(`${name}\n`)))[1])
    .reduce((sum, said) => sum + seconds((/`(\d+s)` in production/.exec(said) ?? /`(\d+s)`/.exec(said))[1]), 0);
}

test('every container is restricted: nothing to write to, no capabilities that it does not need, limits, logs that end', () => {
  for (const [file, services] of [['compose', all(compose)], ['stack', all(stack)]]) {
    for (const service of services) {
      const where = `${file}: ${service.name}`;
      assert.equal(service.read_only, true, where);
      assert.deepEqual(service.cap_drop, ['ALL'], where);
      assert.deepEqual(service.cap_add ?? [], service.name === 'postgres' ? ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID'] : [], where);
      // Swarm has no such option.
      if (file === 'compose') assert.deepEqual(service.security_opt, ['no-new-privileges:true'], where);
      const { cpus, memory } = service.deploy.resources.limits;
      assert.ok(cpus && memory, where);
      assert.deepEqual(Object.keys(service.logging.options), ['max-size', 'max-file'], where);
      assert.ok(!service.privileged && !service.network_mode && !service.pid, where);
    }
  }
});

test('the pages name the settings that docker/.env cannot change', () => {
  const fixed = Object.entries(compose.services.server.environment).filter(([, value]) => !value.startsWith('${')).map(([name]) => name);
  assert.deepEqual(fixed.sort(), ['ENV', 'METRICS_PORT', 'PORT']);
  for (const path of ['docker/compose.yaml', 'docker/.env.example', 'docs/DEPLOYMENT.md']) {
    const [sentence] = /[Tt]he settings of \S+ may .*(?:\n.*){2}/.exec(read(path).replaceAll(/^ *# ?/gm, '').replaceAll('[CONFIGURATION.md]', '')) ?? [];
    for (const name of [...fixed, 'DATABASE_URL', 'docker/secrets/database_url']) assert.ok(sentence?.includes(name), `${path}: ${name}: ${sentence}`);
  }
});

test('the page says when Swarm rolls an update back', () => {
  const { healthcheck, deploy } = stack.services.server;
  const page = read('docs/DEPLOYMENT.md');
  const [start, interval, monitor] = [healthcheck.start_period, healthcheck.interval, deploy.update_config.monitor].map(seconds);
  assert.equal(healthcheck.retries, 3);
  assert.match(page, new RegExp(`fails three health checks in a row after its start period of\\s${start} seconds \\(after some ${start + 3 * interval} seconds in all\\), or if it fails within ${monitor} seconds after it was healthy`));
});

test('docker compose finds its file in the checkout', () => {
  assert.deepEqual(parse('compose.yaml'), { name: compose.name, include: ['docker/compose.yaml'] });
});

test('a service is healthy before those that need it start, and is restarted', () => {
  const { postgres, migrator, server } = compose.services;
  assert.equal(postgres.healthcheck.test[1], 'pg_isready');
  assert.deepEqual(migrator.depends_on, { postgres: { condition: 'service_healthy' } });
  assert.deepEqual(server.depends_on, { postgres: { condition: 'service_healthy' }, migrator: { condition: 'service_completed_successfully' } });
  assert.deepEqual([postgres.restart, migrator.restart, server.restart], ['unless-stopped', 'no', 'unless-stopped']);
  for (const { healthcheck } of [server, stack.services.server]) assert.deepEqual(healthcheck.test, ['CMD', '/app/healthcheck']);
});

test('a server has the time to end that it takes', () => {
  assert.equal(shutdownSeconds(), 40);
  for (const { stop_grace_period: grace } of [compose.services.server, stack.services.server]) assert.ok(seconds(grace) > shutdownSeconds(), grace);
});

test('only the server can be reached from other machines, and only if that is configured', () => {
  for (const { name, ports = [] } of [...all(compose), ...all(development)]) {
    for (const port of ports) assert.match(port, name === 'server' ? /^(127\.0\.0\.1|\$\{SERVER_ADDRESS:-127\.0\.0\.1\}):/ : /^127\.0\.0\.1:/);
  }
  assert.deepEqual(compose.services.server.ports, ['${SERVER_ADDRESS:-127.0.0.1}:${SERVER_PORT:-8080}:8080']);
  assert.deepEqual(compose.services.postgres.ports, ['127.0.0.1:${POSTGRES_PORT:-5432}:5432']);
  // Swarm knows no address of a node to bind to: what is published is open, and only another file does it.
  assert.deepEqual(all(stack).filter(({ ports }) => ports).map(({ name }) => name), []);
  assert.deepEqual(all(published).map(({ name, ports }) => [name, ports.length]), [['server', 1]]);
  // The address of a caller is what requests are limited by, and one port of a node has one server.
  assert.equal(published.services.server.ports[0].mode, 'host');
  assert.equal(published.services.server.deploy.update_config.order, 'stop-first');
  assert.equal(published.services.server.deploy.placement.max_replicas_per_node, 1);
  assert.equal(stack.networks.database.internal, true);
  assert.deepEqual(stack.services.postgres.networks, ['database']);
  for (const { name, networks } of all(compose).filter(({ profiles }) => profiles)) assert.deepEqual(networks, ['monitoring'], name);
});

test('no password is in a file that is committed, nor where the engine shows it', () => {
  for (const [file, { services, secrets }] of Object.entries({ compose, development, stack })) {
    for (const [service, { environment = {} }] of Object.entries(services)) {
      for (const name of Object.keys(environment)) assert.doesNotMatch(name, /(PASSWORD|SECRET|DATABASE_URL|TOKEN)$/, `${file}: ${service}`);
      for (const [name, value] of Object.entries(environment)) if (/PASSWORD.*FILE$/.test(name)) assert.match(value, /^\/run\/secrets\/\w+$/);
    }
    for (const [name, secret] of Object.entries(secrets ?? {})) assert.ok(file === 'stack' ? secret.external === true : secret.file.startsWith('${SECRETS_DIR:-./secrets}/'), name);
  }
  for (const path of ['docker/.env', 'docker/secrets/database_url']) assert.equal(spawnSync('git', ['-C', root, 'check-ignore', '--quiet', path]).status, 0, path);
});

/** Where the official image of a major version keeps its data, and where it declares a volume. */
const POSTGRES_IMAGES = {
  15: { pgdata: '/var/lib/postgresql/data', volume: '/var/lib/postgresql/data' },
  16: { pgdata: '/var/lib/postgresql/data', volume: '/var/lib/postgresql/data' },
  17: { pgdata: '/var/lib/postgresql/data', volume: '/var/lib/postgresql/data' },
  18: { pgdata: '/var/lib/postgresql/18/docker', volume: '/var/lib/postgresql' },
  19: { pgdata: '/var/lib/postgresql/19/docker', volume: '/var/lib/postgresql' },
};

test('every version of PostgreSQL keeps its data in the named volume, and in the same place', () => {
  for (const [file, { services, volumes }] of Object.entries({ compose, stack })) {
    const { image, environment, volumes: mounts } = services.postgres;
    // A database in another encoding is refused by the first migration.
    assert.equal(environment.LANG, 'C.UTF-8', file);
    assert.match(image, /^postgres:\$\{POSTGRES_VERSION:-\d+\}$/, file);
    const [named] = mounts.map((mount) => (typeof mount === 'string' ? { source: mount.split(':')[0], target: mount.split(':')[1] } : mount)).filter(({ source }) => source in volumes);
    const places = new Set();
    for (const [version, { pgdata, volume }] of Object.entries(POSTGRES_IMAGES)) {
      const data = environment.PGDATA ?? pgdata;
      // A volume that the image declares is made without a name, unless something is mounted at that very path. The innermost mount has the data.
      const all = [named, ...(volume === named.target ? [] : [{ source: 'anonymous', target: volume }])].filter(({ target }) => `${data}/`.startsWith(`${target}/`));
      const { source } = all.sort((a, b) => b.target.length - a.target.length)[0] ?? { source: 'the container itself' };
      assert.equal(source, named.source, `${file}: PostgreSQL ${version} writes to ${data}`);
      places.add(data);
    }
    // Another directory would be another, empty database. That of 18 is where installations have their data already.
    assert.deepEqual([...places], [POSTGRES_IMAGES[18].pgdata], file);
  }
});

test('PostgreSQL does not start an empty database beside an older one', (t) => {
  const guards = [compose, stack].map(({ services: { postgres } }) => [postgres.entrypoint, postgres.command, postgres.environment.PGDATA]);
  assert.deepEqual(guards[0], guards[1]);
  const [[shell, option, script, name], command, pgdata] = guards[0];
  assert.deepEqual([shell, option, command], ['/bin/sh', '-c', ['postgres']]);
  const place = mkdtempSync(join(tmpdir(), 'clockwork-pgdata-'));
  t.after(() => rmSync(place, { recursive: true }));
  // The image's own entrypoint, as far as this test needs it.
  writeFileSync(join(place, 'docker-entrypoint.sh'), '#!/bin/sh\necho "starts $*"\n', { mode: 0o755 });
  /** What a container with these databases ({directory: version}) says and does. */
  const start = (databases, major, program = false) => {
    // Not every image says its version in a variable; its server does.
    writeFileSync(join(place, 'postgres'), `#!/bin/sh\necho "postgres (PostgreSQL) ${major}.4 (Debian ${major}.4-1.pgdg120+1)"\n`, { mode: 0o755 });
    const volume = mkdtempSync(join(place, 'volume-'));
    const inside = (path) => path.replaceAll('/var/lib/postgresql', volume);
    for (const [directory, version] of Object.entries(databases)) {
      mkdirSync(join(volume, directory), { recursive: true });
      writeFileSync(join(volume, directory, 'PG_VERSION'), `${version}\n`);
    }
    const { status, stdout, stderr } = spawnSync(shell, [option, inside(script.replaceAll('$$', '$')), name, ...command], {
      encoding: 'utf8',
      env: { PATH: `${place}:${process.env.PATH}`, PGDATA: inside(pgdata), ...(program ? {} : { PG_MAJOR: major }) },
    });
    return [status, (stdout + stderr).replaceAll(volume, '/var/lib/postgresql').trim()];
  };
  const byProgram = start({ '18/docker': '18' }, '18', true);
  assert.deepEqual(byProgram, [0, 'starts postgres']);
  const refused = (said) => [1, `FATAL: ${said}: docs/DEPLOYMENT.md, 'Change the PostgreSQL version'`];
  for (const major of Object.keys(POSTGRES_IMAGES)) {
    assert.deepEqual(start({}, major), [0, 'starts postgres']);
    assert.deepEqual(start({ '18/docker': major }, major), [0, 'starts postgres']);
    // The anonymous volume of an older container, which Compose hands on to the new one.
    assert.deepEqual(start({ data: major }, major), refused(`/var/lib/postgresql/data holds a database of PostgreSQL ${major}, and ${pgdata} is empty`));
    // Moved data beside the old volume is accepted.
    assert.deepEqual(start({ data: major, '18/docker': major }, major), [0, 'starts postgres']);
  }
  assert.deepEqual(start({ '19/docker': '19' }, '19'), refused(`/var/lib/postgresql/19/docker holds a database of PostgreSQL 19, and ${pgdata} is empty`));
  assert.deepEqual(start({ '18/docker': '18' }, '19', true), refused(`${pgdata} holds a database of PostgreSQL 18, and this image is PostgreSQL 19`));
  assert.deepEqual(start({ '18/docker': '18' }, '19'), refused(`${pgdata} holds a database of PostgreSQL 18, and this image is PostgreSQL 19`));
  assert.match(read('docs/DEPLOYMENT.md'), /^### Change the PostgreSQL version$/m);
});

test('Swarm replaces one server at a time, the new one first, and rolls back a failed update', () => {
  const { server, postgres } = stack.services;
  const { replicas, update_config: update, rollback_config: rollback, placement } = server.deploy;
  assert.equal(replicas, 2);
  assert.deepEqual([update.parallelism, update.order, update.failure_action], [1, 'start-first', 'rollback']);
  assert.deepEqual([rollback.parallelism, rollback.order], [1, 'start-first']);
  assert.deepEqual(placement.preferences, [{ spread: 'node.id' }]);
  assert.deepEqual(postgres.deploy.placement.constraints, ['node.labels.clockwork.database == true']);
  // Swarm passes over the short form without a word, and a read-only PostgreSQL does not start.
  assert.deepEqual(postgres.tmpfs, undefined);
  assert.deepEqual(postgres.volumes.filter(({ type }) => type === 'tmpfs').map(({ target }) => target), compose.services.postgres.tmpfs);
  assert.equal(postgres.deploy.endpoint_mode, 'dnsrr');
  // No version that changes under the nodes.
  assert.match(server.image, /^\$\{CLOCKWORK_IMAGE:\?/);
  assert.ok(!read('docker/stack.yaml').includes(':latest'));
  assert.deepEqual(server.secrets, [{ source: 'clockwork_database_url', target: 'database_url' }]);
});

test('monitoring has the rules and the dashboard of the chart, and asks the server for its metrics', () => {
  const { prometheus, grafana, server } = compose.services;
  assert.deepEqual([prometheus.profiles, grafana.profiles], [['monitoring'], ['monitoring']]);
  const mounted = (service) => Object.fromEntries(service.volumes.filter((volume) => volume.startsWith('.')).map((volume) => volume.split(':').reverse().slice(1)));
  for (const service of [prometheus, grafana]) for (const path of Object.values(mounted(service))) assert.ok(existsSync(join(root, 'docker', path)), path);
  const scraped = parse('docker/monitoring/prometheus.yaml');
  for (const file of scraped.rule_files) assert.ok(existsSync(join(root, 'docker', mounted(prometheus)[dirname(file)], file.slice(dirname(file).length))), file);
  const [{ names, port }] = scraped.scrape_configs[0].dns_sd_configs;
  assert.deepEqual([names, String(port)], [['server'], server.environment.METRICS_PORT]);
  const [datasource] = parse('docker/monitoring/grafana/provisioning/datasources/prometheus.yaml').datasources;
  assert.equal(datasource.url, 'http://prometheus:9090');
  const [{ options }] = parse('docker/monitoring/grafana/provisioning/dashboards/clockwork.yaml').providers;
  assert.ok(existsSync(join(root, 'docker', mounted(grafana)[options.path], 'clockwork.json')));
});

test('secrets are made up once, and are other ones each time', (t) => {
  const made = () => {
    const place = mkdtempSync(join(tmpdir(), 'clockwork-secrets-'));
    t.after(() => rmSync(place, { recursive: true }));
    const env = { ...process.env, SECRETS_DIR: join(place, 'secrets') };
    const run = () => spawnSync(join(root, 'docker/make-secrets'), [], { env, encoding: 'utf8' });
    assert.equal(run().status, 0);
    return { directory: env.SECRETS_DIR, run, secret: (name) => readFileSync(join(env.SECRETS_DIR, name), 'utf8') };
  };
  const [one, other] = [made(), made()];
  const names = Object.keys(compose.secrets);
  for (const name of names) assert.notEqual(one.secret(name), other.secret(name));
  assert.match(one.secret('postgres_password'), /^[0-9a-f]{48}$/);
  assert.equal(one.secret('database_url'), `postgres://clockwork:${one.secret('postgres_password')}@postgres:5432/clockwork?sslmode=disable`);
  // The directory is closed; what is in it is read by other users, in containers, and written by its owner alone.
  assert.equal(statSync(one.directory).mode & 0o777, 0o700);
  for (const name of names) assert.equal(statSync(join(one.directory, name)).mode & 0o777, 0o644);

  const before = names.map(one.secret);
  const again = one.run();
  assert.deepEqual([again.status, again.stdout], [0, '']);
  assert.deepEqual(names.map(one.secret), before);

  // A lost password is not made up anew, because the database would not know it.
  rmSync(join(one.directory, 'postgres_password'));
  assert.equal(one.run().status, 1);
  assert.deepEqual(one.secret('database_url'), before[names.indexOf('database_url')]);
});

test('the image is built from what it needs, and a change of a test is none', (t) => {
  assert.equal(read('Dockerfile'), read('docker/Dockerfile'), 'docker build without --file');
  const ignored = read('.dockerignore').split('\n').filter((line) => line && !line.startsWith('#'));
  assert.equal(ignored[0], '*');
  const copied = [...read('docker/Dockerfile').matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths]) => paths.split(' ')).map((path) => path.split('/')[0]);
  assert.deepEqual([...new Set(copied)].sort(), ignored.filter((line) => line.startsWith('!')).map((line) => line.slice(1)).sort());
  // What the Dockerfile calls an empty workspace is one that Cargo understands.
  const place = mkdtempSync(join(tmpdir(), 'clockwork-manifests-'));
  t.after(() => rmSync(place, { recursive: true }));
  execFileSync('cp', ['-R', ...['Cargo.toml', 'Cargo.lock', 'crates'].map((path) => join(root, path)), place]);
  const [, command] = /^COPY crates\/ crates\/\nRUN (find [^]*?[^\\])\n\n/m.exec(read('docker/Dockerfile'));
  writeFileSync(join(place, 'stub.sh'), `set -e\n${command}\n`);
  execFileSync('sh', ['stub.sh'], { cwd: place });
  const left = execFileSync('find', ['crates', '-type', 'f'], { cwd: place, encoding: 'utf8' }).trim().split('\n');
  assert.ok(left.includes('crates/server/src/main.rs') && !left.some((path) => path.includes('/models/')));
  for (const path of left.filter((name) => name.endsWith('.rs'))) assert.equal(readFileSync(join(place, path), 'utf8'), 'fn main() { }\n');
});

test('where no image can be pulled the tests of the image end, and stop the engine that they started', { skip: process.getuid() !== 0 && 'only root starts an engine' }, (t) => {
  const place = mkdtempSync(join(tmpdir(), 'clockwork-engine-'));
  const pid = join(place, 'pid');
  t.after(() => rmSync(place, { recursive: true }));
  const program = (name, text) => writeFileSync(join(place, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  program('dockerd', `echo $$ > ${pid}; exec sleep 300`);
  program('docker', `case "$1 $2" in 'info '*) test -f ${pid} ;; 'image inspect' | 'pull '*) exit 1 ;; esac`);
  const { status, signal, stderr } = spawnSync(process.execPath, [join(root, 'scripts/image.test.mjs')], {
    encoding: 'utf8',
    // An engine of this machine, which the real client behind the pretended one would find, is not meant.
    env: { PATH: `${place}:/usr/bin:/bin`, DOCKER_HOST: `unix://${place}/none` },
    timeout: 60_000,
  });
  const engine = Number(readFileSync(pid, 'utf8'));
  t.after(() => spawnSync('kill', [String(engine)]));
  assert.deepEqual([status, signal], [0, null], stderr);
  assert.match(stderr, /SKIPPED.*is not there and cannot be pulled/);
  assert.ok(!existsSync(`/proc/${engine}/stat`) || / Z /.test(readFileSync(`/proc/${engine}/stat`, 'utf8')), 'the engine is left running');
});
