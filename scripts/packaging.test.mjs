// What goes to machines without containers of their own, and to ECS: the tarball of a release, its install.sh, the units, the task definitions: `just test-packaging`.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('..', import.meta.url));
const programs = resolve(repository, process.env.CLOCKWORK_PROGRAMS ?? 'target/debug');
const version = /^version = "(.*)"$/m.exec(readFileSync(join(repository, 'Cargo.toml'), 'utf8'))[1];
const arch = { x64: 'amd64', arm64: 'arm64' }[process.arch];
const name = `clockwork-${version}-linux-${arch}`;
const read = (...path) => readFileSync(join(...path), 'utf8');
const put = (path, text, mode = 0o644) => (mkdirSync(join(path, '..'), { recursive: true }), writeFileSync(path, text), chmodSync(path, mode));
const run = (program, args, options) => spawnSync(program, args, { encoding: 'utf8', ...options });
/** A reason to leave a test out, printed on standard error. */
const without = (missing) => (missing ? `NOT TESTED: ${missing}` : false);
const noSystemd = spawnSync('systemd-analyze', ['--version']).error ? 'there is no systemd-analyze' : undefined;
const noTar = process.platform === 'linux' ? undefined : 'tarballs are made and unpacked on Linux';

function directory(t) {
  const path = mkdtempSync(join(tmpdir(), 'clockwork-packaging-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** What an image has in /app, with programs that only print their version: the real ones take seconds to compress. */
function application(t) {
  const path = directory(t);
  execFileSync('cc', ['-x', 'c', '-', '-o', join(path, 'server')], { input: `int puts(const char *); int main(void) { return puts("server ${version}\\ntime zone rules: IANA 2026f") < 0; }` });
  for (const program of ['migrator', 'healthcheck']) cpSync(join(path, 'server'), join(path, program));
  put(join(path, 'static/index.html'), '<!doctype html>');
  put(join(path, 'static/assets/index-abc.js'), 'x', 0o600);
  put(join(path, 'sbom/client.cdx.json'), '{}');
  for (const of of ['migrations', 'config']) cpSync(join(repository, of), join(path, of), { recursive: true });
  return path;
}

let packed;
/** The one tarball that most tests look at. */
function tarball(t) {
  if (packed === undefined) {
    packed = mkdtempSync(join(tmpdir(), 'clockwork-packaging-tarball-'));
    process.once('exit', () => rmSync(packed, { recursive: true, force: true }));
    const { status, stderr } = pack(application(t), packed);
    assert.equal(status, 0, stderr);
  }
  return join(packed, `${name}.tar.gz`);
}
const pack = (from, to, { root = repository, as = arch } = {}) => run(join(root, 'scripts/release'), ['tarball', from, as, to], { env: { ...process.env, SOURCE_DATE_EPOCH: '1750000000' } });

function unpacked(t, called = version) {
  const path = directory(t);
  execFileSync('tar', ['-xzf', tarball(t), '-C', path]);
  writeFileSync(join(path, name, 'VERSION'), `${called}\n`);
  return join(path, name);
}

test('a tarball has what a machine needs, owned by root, and nothing that tells who packed it and when', { skip: without(noTar) }, (t) => {
  const listed = execFileSync('tar', ['--list', '--verbose', '--numeric-owner', '--full-time', '--utc', '-zf', tarball(t)], { encoding: 'utf8' }).trim().split('\n');
  const files = new Map(listed.map((line) => [line.split(/\s+/).slice(5).join(' '), line.split(/\s+/)]));
  const migrations = readdirSync(join(repository, 'migrations'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const expected = ['VERSION', 'INSTALL.md', 'CONFIGURATION.md', 'LICENSE', 'LICENSE-APACHE', 'LICENSE-MIT', 'install.sh', 'bin/server', 'bin/migrator', 'bin/healthcheck', 'static/index.html', 'static/assets/index-abc.js', 'sbom/client.cdx.json']
    .concat(['clockwork.service', 'clockwork-migrate@.service', 'clockwork.env', 'clockwork.sysusers.conf', 'clockwork.tmpfiles.conf'].map((file) => `systemd/${file}`))
    .concat(readdirSync(join(repository, 'config')).map((file) => `config/${file}`))
    .concat(migrations.map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(repository.length)));
  assert.deepEqual([...files.keys()].filter((path) => !path.endsWith('/')).sort(), expected.map((path) => `${name}/${path}`).sort());
  for (const [path, [mode, owner, , date, time]] of files) {
    assert.deepEqual([owner, date, time], ['0/0', '2025-06-15', '15:06:40'], path);
    assert.equal(mode, path.endsWith('/') ? 'drwxr-xr-x' : /\/bin\/|install\.sh$/.test(path) ? '-rwxr-xr-x' : '-rw-r--r--', path);
  }
  const sum = createHash('sha256').update(readFileSync(tarball(t))).digest('hex');
  assert.equal(readFileSync(`${tarball(t)}.sha256`, 'utf8'), `${sum}  ${name}.tar.gz\n`);
});

test('the same files give the same bytes, wherever they lie and however old they are', { skip: without(noTar) }, (t) => {
  const [from, to] = [application(t), directory(t)];
  for (const entry of readdirSync(from, { recursive: true })) utimesSync(join(from, entry), 1, 1);
  chmodSync(join(from, 'static/index.html'), 0o640);
  assert.equal(pack(from, to).status, 0);
  assert.ok(readFileSync(join(to, `${name}.tar.gz`)).equals(readFileSync(tarball(t))));
});

test('nothing is packed that is incomplete, for another machine, or of another version', { skip: without(noTar) }, (t) => {
  const to = directory(t);
  const refused = (reason, from, options) => {
    const { status, stderr } = pack(from, to, options);
    assert.equal(status, 1, stderr);
    assert.match(stderr, reason);
    assert.deepEqual(readdirSync(to), []);
  };
  const from = application(t);
  refused(/is not for (amd64|arm64)/, from, { as: arch === 'amd64' ? 'arm64' : 'amd64' });
  refused(/none of amd64 and arm64/, from, { as: 'riscv64' });
  const other = directory(t);
  for (const path of ['scripts', 'docker', 'docs']) cpSync(join(repository, path), join(other, path), { recursive: true });
  put(join(other, 'Cargo.toml'), '[workspace.package]\nversion = "99.0.0"\n');
  refused(/says 'server [\d.]+.*', and Cargo\.toml 99\.0\.0/, from, { root: other });
  rmSync(join(from, 'static/index.html'));
  refused(/client is not built/, from);
  rmSync(join(from, 'healthcheck'));
  refused(/has no healthcheck/, from);
});

test('a release is packed for each architecture out of the very image, and published twice without harm', { skip: without(noTar) }, (t) => {
  const [from, bin, to] = [application(t), directory(t), directory(t)];
  const log = join(bin, 'log');
  // The image of the other architecture has programs of the other architecture.
  const other = directory(t);
  cpSync(from, other, { recursive: true });
  for (const program of ['server', 'migrator', 'healthcheck']) {
    const bytes = readFileSync(join(other, program));
    bytes.writeUInt16LE(arch === 'amd64' ? 0xb7 : 0x3e, 18);
    writeFileSync(join(other, program), bytes);
  }
  const [amd64, arm64] = arch === 'amd64' ? [from, other] : [other, from];
  // As an engine does that keeps one image for a digest.
  const pull = `pull*) [ ! -e ${bin}/pulled ] || { echo 'cannot overwrite digest' >&2; exit 1; }; touch ${bin}/pulled;; image*) rm ${bin}/pulled;;`;
  put(join(bin, 'docker'), `#!/bin/sh\necho "docker $*" >>${log}\ncase "$1 $3" in ${pull} create*amd64) echo ${amd64};; create*arm64) echo ${arm64};; cp*) cp -R "\${2%:/app}" "$3";; esac\n`, 0o755);
  put(join(bin, 'gh'), `#!/bin/sh\necho "gh $*" >>${log}\ncase $2 in view) exit "\${SEEN:-1}";; esac\n`, 0o755);
  const release = (env, ...args) => run(join(repository, 'scripts/release'), args, { env: { ...process.env, ...env, PATH: `${bin}:${process.env.PATH}` } });
  const { status, stderr } = release({}, 'tarballs', 'ghcr.io/acme/clockwork@sha256:abc', to);
  assert.equal(status, 0, stderr);
  assert.deepEqual(readdirSync(to), ['amd64', 'arm64'].flatMap((as) => [`clockwork-${version}-linux-${as}.tar.gz`, `clockwork-${version}-linux-${as}.tar.gz.sha256`]));
  assert.equal(release({}, 'publish', 'v1.2.3-rc.1', to).status, 0);
  assert.equal(release({ SEEN: '0' }, 'publish', 'v1.2.3', to).status, 0);
  const calls = read(log).split('\n').filter((line) => line.startsWith('gh'));
  assert.match(calls[1], /^gh release create v1\.2\.3-rc\.1 --verify-tag --generate-notes --title Clockwork 1\.2\.3-rc\.1 --prerelease$/);
  assert.equal(calls.filter((call) => call.includes('create')).length, 1);
  assert.match(calls.at(-1), /^gh release upload v1\.2\.3 --clobber .*amd64\.tar\.gz .*arm64\.tar\.gz .*sha256$/);
});

/** install.sh of an unpacked release on a machine that is a directory, with a systemctl that writes down what it is told and does it unless told otherwise. */
function machine(t) {
  const root = directory(t);
  const bin = join(root, 'bin');
  const log = join(root, 'log');
  for (const program of ['systemctl', 'systemd-sysusers', 'systemd-tmpfiles', 'userdel', 'chown']) {
    put(join(bin, program), `#!/bin/sh\necho "${program} $*" >>${log}\ncase "${program} $*" in *--version) echo 'systemd 252 (252.1)';; $FAILS) exit 1;; esac\n`, 0o755);
  }
  put(join(bin, 'id'), '#!/bin/sh\necho 0\n', 0o755);
  put(join(bin, 'getent'), '#!/bin/sh\necho clockwork\n', 0o755);
  mkdirSync(join(root, 'run/systemd/system'), { recursive: true });
  const install = (release, args = [], fails = '-') => {
    writeFileSync(log, '');
    // The script is the shipped one, but for where the machine is.
    const script = join(release, 'install.sh');
    if (!read(script).includes(root)) put(script, read(script).replaceAll('$destination/', `${root}/`).replaceAll('/run/systemd', `${root}/run/systemd`), 0o755);
    const { status, stdout, stderr } = run('sh', [script, ...args], { env: { PATH: `${bin}:${process.env.PATH}`, FAILS: fails } });
    return { status, text: stdout + stderr, calls: read(log).trim().split('\n').filter((call) => !/--version|daemon-reload|^chown/.test(call)) };
  };
  const at = (...path) => join(root, ...path);
  return { at, install, current: () => readlinkSync(at('opt/clockwork/current')), secret: () => put(at('etc/clockwork/credentials/database_url'), 'postgres://x\n') };
}
const restarted = (of) => [`systemctl restart clockwork-migrate@${of}.service`, `systemctl stop clockwork-migrate@${of}.service`, 'systemctl enable --quiet clockwork.service', 'systemctl restart clockwork.service', 'systemctl --no-pager --lines=0 status clockwork.service'];

test('install.sh: first without a database, then with one, and again without a change', { skip: without(noTar) }, (t) => {
  const { at, install, current, secret } = machine(t);
  const release = unpacked(t);
  const first = install(release);
  assert.equal(first.status, 0, first.text);
  assert.match(first.text, /write the address of its database into .*\/etc\/clockwork\/credentials\/database_url/);
  assert.deepEqual(first.calls, ['systemd-sysusers clockwork.conf', 'systemd-tmpfiles --create clockwork.conf']);
  assert.deepEqual(readdirSync(at('usr/local/lib/systemd/system')), ['clockwork-migrate@.service', 'clockwork.service']);
  assert.equal(current(), version);
  assert.ok(existsSync(at('opt/clockwork/current/bin/server')));

  secret();
  writeFileSync(at('etc/clockwork/clockwork.env'), 'PORT=9\n');
  for (let again = 0; again < 2; again += 1) {
    const { status, text, calls } = install(release);
    assert.equal(status, 0, text);
    assert.deepEqual(calls.slice(2), restarted(version));
  }
  assert.equal(read(at('etc/clockwork/clockwork.env')), 'PORT=9\n');
  assert.deepEqual(readdirSync(at('opt/clockwork')).sort(), [version, 'current']);
});

test('install.sh: an upgrade is installed beside the previous release, to which it can be rolled back', { skip: without(noTar) }, (t) => {
  const { at, install, current, secret } = machine(t);
  secret();
  install(unpacked(t));
  const next = unpacked(t, '99.0.0');
  writeFileSync(join(next, 'systemd/clockwork.service'), '# another unit\n');
  const { status, text, calls } = install(next);
  assert.equal(status, 0, text);
  assert.deepEqual([current(), calls.slice(2)], ['99.0.0', restarted('99.0.0')]);
  assert.match(text, new RegExp(`to roll back: .*/opt/clockwork/${version}/install.sh`));
  assert.equal(read(at('usr/local/lib/systemd/system/clockwork.service')), '# another unit\n');

  const back = install(at('opt/clockwork', version));
  assert.equal(back.status, 0, back.text);
  assert.deepEqual([current(), back.calls.slice(2)], [version, restarted(version)]);
  assert.equal(read(at('usr/local/lib/systemd/system/clockwork.service')), read(repository, 'docker/systemd/clockwork.service'));
  assert.deepEqual(readdirSync(at('opt/clockwork')).sort(), [version, '99.0.0', 'current']);
});

test('install.sh: a migration or a start that fails leaves the release before', { skip: without(noTar) }, (t) => {
  const { at, install, current, secret } = machine(t);
  secret();
  install(unpacked(t));
  const next = unpacked(t, '99.0.0');
  writeFileSync(join(next, 'systemd/clockwork.service'), '# another unit\n');
  const unit = () => read(at('usr/local/lib/systemd/system/clockwork.service'));

  const migration = install(next, [], '*restart*clockwork-migrate*');
  assert.equal(migration.status, 1);
  assert.match(migration.text, /the schema could not be brought up to date/);
  assert.ok(!migration.calls.some((call) => /(enable|restart|stop).* clockwork\.service/.test(call)), migration.calls.join('\n'));
  assert.deepEqual([current(), unit()], [version, read(repository, 'docker/systemd/clockwork.service')]);

  const start = install(next, [], '*restart*clockwork.service');
  assert.equal(start.status, 1);
  assert.match(start.text, new RegExp(`99\\.0\\.0 does not start: .*${version} is back`));
  assert.equal(start.calls.filter((call) => call === 'systemctl restart clockwork.service').length, 2);
  assert.deepEqual([current(), unit()], [version, read(repository, 'docker/systemd/clockwork.service')]);
});

test('install.sh: removes what it has brought, and settings only when told so', { skip: without(noTar) }, (t) => {
  const { at, install, secret } = machine(t);
  secret();
  install(unpacked(t));
  const first = install(at('opt/clockwork', version), ['uninstall']);
  assert.equal(first.status, 0, first.text);
  assert.equal(first.calls[0], 'systemctl disable --now --quiet clockwork.service');
  assert.deepEqual(['opt/clockwork', 'usr/local/lib/systemd/system/clockwork.service', 'usr/local/lib/sysusers.d/clockwork.conf'].filter((path) => existsSync(at(path))), []);
  assert.ok(existsSync(at('etc/clockwork/credentials/database_url')));
  const second = install(unpacked(t), ['uninstall', '--purge']);
  assert.deepEqual([second.status, existsSync(at('etc/clockwork')), second.calls.at(-1)], [0, false, 'userdel clockwork']);
  const wrong = install(unpacked(t), ['remove']);
  assert.equal(wrong.status, 2);
  assert.match(wrong.text, /install\.sh uninstall/);
});

/** A machine's files with a release in it, as a package would have them: what systemd reads, but without a systemd. */
function installed(t) {
  const root = directory(t);
  const { status, stderr } = run('sh', [join(unpacked(t), 'install.sh')], { env: { ...process.env, DESTDIR: root } });
  assert.equal(status, 0, stderr);
  return root;
}

test('systemd understands every line of the units', { skip: without(noSystemd ?? noTar) }, (t) => {
  const root = installed(t);
  for (const target of ['basic', 'multi-user', 'network-online', 'shutdown', 'sysinit']) put(join(root, `usr/lib/systemd/system/${target}.target`), `[Unit]\nDescription=${target}\n`);
  const verify = () => run('systemd-analyze', ['verify', '--man=no', `--root=${root}`, 'clockwork.service', 'clockwork-migrate@current.service']);
  const { status, stdout, stderr } = verify();
  assert.deepEqual([status, stdout + stderr], [0, '']);
  // It looks indeed.
  const unit = join(root, 'usr/local/lib/systemd/system/clockwork.service');
  writeFileSync(unit, read(unit).replace('MemoryDenyWriteExecute', 'MemoryDenyWritExecute'));
  assert.match(verify().stderr, /MemoryDenyWritExecute/);
});

test('the units are exposed as little as they can be: below 2.0 of 10', { skip: without(noSystemd) }, () => {
  for (const unit of ['clockwork.service', 'clockwork-migrate@.service']) {
    const { stdout, stderr } = run('systemd-analyze', ['security', '--offline=true', '--no-pager', join(repository, 'docker/systemd', unit)], { env: { ...process.env, LC_ALL: 'C.UTF-8' } });
    const exposure = /Overall exposure level for .*: ([\d.]+)/.exec(stdout)?.[1];
    assert.ok(exposure !== undefined, stderr);
    assert.ok(Number(exposure) < 2, `${unit}: ${exposure}`);
  }
});

/** What a unit says: name to values, in their order. */
function settings(unit) {
  const found = new Map();
  for (const line of read(repository, 'docker/systemd', unit).split('\n')) {
    const [, key, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (key) found.set(key, [...(found.get(key) ?? []), value]);
  }
  return found;
}
const seconds = (text) => (/^(\d+)s$/.exec(text) ?? assert.fail(`${text} is no number of seconds`))[1] * 1;
/** A server's settings in production, with these. */
function effective(...more) {
  const { status, stdout, stderr } = run(join(programs, 'server'), ['--print-config'], { cwd: tmpdir(), env: { ENV: 'production', DATABASE_URL: 'postgres://u@localhost/x', ...Object.fromEntries(more) } });
  assert.equal(status, 0, stderr);
  return { warnings: stderr, of: (setting) => new RegExp(`^${setting}=(\\S+)`, 'm').exec(stdout)?.[1] ?? assert.fail(stdout) };
}
const drained = () => seconds(effective().of('SHUTDOWN_DRAIN')) + seconds(effective().of('SHUTDOWN_TIMEOUT')) + 15;

test('the units know how long the server takes to end, how many streams it holds, and that a wrong configuration stays wrong', () => {
  const server = settings('clockwork.service');
  const migrate = settings('clockwork-migrate@.service');
  const one = (key) => server.get(key)?.[0] ?? assert.fail(key);
  assert.ok(seconds(one('TimeoutStopSec')) >= drained());
  assert.ok(Number(one('LimitNOFILE')) > 2 * 5000);
  assert.deepEqual([one('Type'), one('RestartPreventExitStatus'), migrate.get('Type')[0]], ['notify', '78', 'oneshot']);
  assert.ok(seconds(one('WatchdogSec')) >= 10);
  for (const order of ['Wants', 'After']) assert.match(one(order), /clockwork-migrate@current\.service/);
  // What is taken away from one is taken away from the other; only the server hashes passwords, at a lower priority.
  const filter = server.get('SystemCallFilter');
  assert.ok(filter.at(-1).endsWith(' setpriority'));
  server.set('SystemCallFilter', filter.with(-1, filter.at(-1).replace(/ setpriority$/, '')));
  const shared = (of) => [...of].filter(([key]) => /^(Ambient|Capability|Device|Environment|Group|Keyring|LimitCORE|Load|Lock|Memory|No|Private|Proc|Protect|Remove|Restrict(?!Prevent|art)|SystemCall|UMask|User)/.test(key)).sort();
  assert.ok(shared(server).length > 30);
  assert.deepEqual(shared(server), shared(migrate));
});

test('the example of the settings is taken by the server, without a warning', () => {
  const lines = read(repository, 'docker/systemd/clockwork.env').split('\n').map((line) => /^#?([A-Z_]+)=(.*)$/.exec(line)).filter(Boolean);
  const { warnings, of } = effective(...lines.map(([, key, value]) => [key, value]));
  assert.equal(warnings, '');
  assert.equal(of('PUBLIC_URL'), 'https://time.example.com');
});

test('the user and the directories are made as they are described', { skip: without(noSystemd ?? noTar ?? (process.getuid() === 0 ? undefined : 'only root makes users')) }, (t) => {
  const root = installed(t);
  for (const program of ['systemd-sysusers', 'systemd-tmpfiles']) {
    const { status, stderr } = run(program, [`--root=${root}`, ...(program.endsWith('files') ? ['--create'] : []), 'clockwork.conf']);
    assert.equal(status, 0, stderr);
  }
  assert.match(read(root, 'etc/passwd'), /^clockwork:[x!*]*:\d+:\d+:Clockwork:\/:\/usr\/sbin\/nologin$/m);
  assert.match(execFileSync('stat', ['--format=%a %u', join(root, 'etc/clockwork/credentials')], { encoding: 'utf8' }), /^700 0$/m);
});

/** A file of docker/ecs with the values of an account, as the document sets them. */
const own = { PUBLIC_URL: 'https://time.example.com', NETWORK: '10.0.0.0/16' };
const ecs = (file) => JSON.parse(read(repository, 'docker/ecs', file).replace(/\$\{(\w+)\}/g, (_, variable) => own[variable] ?? variable));

test("the task definitions, and the commands of the documents, are what AWS's interface takes", (t) => {
  const check = (...paths) => run(join(repository, '.cache/tools/botocore/bin/python'), ['-B', join(repository, 'scripts/check-ecs'), ...paths]);
  const { status, stderr, error } = check(join(repository, 'docker/ecs'), join(repository, 'docs/DEPLOYMENT.md'), join(repository, 'docs/OPERATIONS.md'));
  assert.equal(status, 0, error ?? stderr);
  const path = directory(t);
  for (const [wrong, reason] of [
    ['aws ecs update-services --cluster x', /no operation update-services/],
    ['aws ecs update-service --clusters x --service x', /--clusters is no option/],
    ['aws ecs update-service --cluster x', /--service is missing/],
    ['aws ecs wait service-stable --cluster x --services x', /no such waiter/],
    ['nothing', /has no aws command/],
  ]) {
    writeFileSync(join(path, 'page.md'), `${wrong}\n`);
    const refused = check(join(repository, 'docker/ecs'), join(path, 'page.md'));
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, reason);
  }
  rmSync(join(path, 'page.md'));
  for (const [wrong, reason] of [
    [{ ...ecs('server.json'), cpuu: '1' }, /cpuu/],
    [{ ...ecs('server.json'), networkMode: 'vpc' }, /'vpc' is none of bridge, host, awsvpc, none/],
    [{ family: 'x' }, /containerDefinitions/],
  ]) {
    writeFileSync(join(path, 'server.json'), JSON.stringify(wrong));
    const refused = check(path);
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, reason);
  }
});

test('a task runs restricted: an unprivileged user, a read-only root, time to drain, and secrets from the secret store', () => {
  for (const file of ['server.json', 'migrator.json']) {
    const task = ecs(file);
    const [container, ...others] = task.containerDefinitions;
    assert.equal(others.length, 0);
    assert.deepEqual([container.user, container.readonlyRootFilesystem, container.linuxParameters.capabilities.drop], ['65532:65532', true, ['ALL']], file);
    // Fargate has these sizes, and ends what does not end within two minutes.
    assert.ok({ 256: [512, 1024, 2048], 512: [1024, 2048, 3072, 4096] }[task.cpu].includes(Number(task.memory)), file);
    assert.ok(container.stopTimeout >= drained() && container.stopTimeout <= 120, file);
    const names = container.environment.map(({ name: variable }) => variable);
    assert.ok(!names.includes('DATABASE_URL') && container.secrets.some(({ name: variable }) => variable === 'DATABASE_URL'), file);
    assert.equal(effective(...container.environment.map(({ name: variable, value }) => [variable, value])).warnings, '', file);
  }
  // Whatever is to be put in, the document names.
  const document = read(repository, 'docs/DEPLOYMENT.md').split('## ECS')[1];
  for (const file of readdirSync(join(repository, 'docker/ecs'))) {
    for (const [, variable] of read(repository, 'docker/ecs', file).matchAll(/\$\{(\w+)\}/g)) assert.match(document, new RegExp(`^export (.* )?${variable}=`, 'm'));
  }
  const [server] = ecs('server.json').containerDefinitions;
  assert.deepEqual(server.healthCheck.command, ['CMD', '/app/healthcheck']);
  // The load balancer keeps an idle connection for 60 seconds, and must be the one that closes it.
  assert.deepEqual(server.environment.find(({ name: variable }) => variable === 'HTTP_IDLE_TIMEOUT')?.value, '75s');
  const target = ecs('target-group.json');
  assert.deepEqual([target.HealthCheckPath, target.Port], ['/readyz', server.portMappings[0].containerPort]);
  const [balanced] = ecs('service.json').loadBalancers;
  assert.deepEqual([balanced.containerName, balanced.containerPort], [server.name, server.portMappings[0].containerPort]);
});
