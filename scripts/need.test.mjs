// scripts/need on machines that are not there: `node --test scripts/need.test.mjs`.
// Each test makes a directory of programs, most of them pretended, and lets the script see no other.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('..', import.meta.url));
const ORDINARY = ['awk', 'cat', 'chmod', 'cp', 'dirname', 'env', 'grep', 'ln', 'mkdir', 'mktemp', 'paste', 'rm', 'sed', 'sh', 'sort', 'tail', 'true'];

/** A machine with these programs, each the body of a shell script. */
function machine(t, programs) {
  const root = mkdtempSync(join(tmpdir(), 'clockwork-need-'));
  t.after(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'bin'));
  for (const path of ['scripts', 'rust-toolchain.toml']) cpSync(join(repository, path), join(root, path), { recursive: true });
  for (const name of ORDINARY) {
    symlinkSync(['/usr/bin/', '/bin/'].map((place) => place + name).find(existsSync), join(root, 'bin', name));
  }
  for (const [name, body] of Object.entries({ id: 'echo 1000', ...programs })) {
    writeFileSync(join(root, 'bin', name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(root, 'bin', name), 0o755);
  }
  return {
    root,
    need(tools, environment = {}) {
      const env = { PATH: join(root, 'bin'), HOME: root, TMPDIR: root, ...environment };
      const { status, stdout, stderr } = spawnSync(join(root, 'scripts/need'), tools, { env, encoding: 'utf8', input: '' });
      return { status, text: stdout + stderr };
    },
  };
}

const installing = { CLOCKWORK_INSTALL: '1' };
const npm = 'echo 10.0.0';

for (const [version, enough] of Object.entries({ 'v22.19.0': true, 'v24.0.1': true, 'v100.1.0': true, 'v22.9.0': false, 'v20.19.0': false, 'v18.20.4': false, nonsense: false })) {
  test(`node ${version} is ${enough ? 'new enough' : 'refused'}`, (t) => {
    const { status, text } = machine(t, { node: `echo ${version}`, npm }).need(['node']);
    assert.equal(status, enough ? 0 : 1);
    assert.equal(text.includes('missing: Node.js 22.19 or newer'), !enough);
  });
}

test('says nothing when everything is there', (t) => {
  const { status, text } = machine(t, { just: 'echo just 1.40.0', cc: 'true', node: 'echo v22.19.0', npm }).need(['just', 'cc', 'node'], installing);
  assert.equal(text, '');
  assert.equal(status, 0);
});

test('names everything that is missing, and who installs it', (t) => {
  const { status, text } = machine(t, {}).need(['cc', 'node']);
  assert.equal(status, 1);
  assert.match(text, /missing: a C compiler[^]*missing: Node\.js[^]*\.\/justw <recipe>/);
});

test('PostgreSQL is looked for where it is said to be, and must be new enough', (t) => {
  const { root, need } = machine(t, { initdb: 'true', postgres: 'echo "postgres (PostgreSQL) ${FAKE_VERSION:-14.11}"' });
  const at = { CLOCKWORK_PG_BIN: join(root, 'bin') };
  assert.equal(need(['postgres'], at).status, 1);
  assert.equal(need(['postgres'], { ...at, FAKE_VERSION: '15.0' }).status, 0);
  assert.equal(need(['postgres'], { ...at, FAKE_VERSION: '18beta1' }).status, 0);
});

test('installs with apt as root, and only what is missing', (t) => {
  const { root, need } = machine(t, {
    id: 'echo 0',
    'apt-get': 'echo "$@" >>$HOME/apt.log; case $* in *gcc*) cp $HOME/bin/node $HOME/bin/cc;; esac',
    node: 'echo v22.19.0',
    npm,
  });
  const { status, text } = need(['cc', 'node'], installing);
  assert.equal(status, 0, text);
  assert.equal(text, 'need: installing with apt: gcc libc6-dev\n');
  assert.equal(readFileSync(join(root, 'apt.log'), 'utf8'), 'update -q\ninstall -q -y --no-install-recommends gcc libc6-dev\n');
});

test('shows the end of the log when apt fails', (t) => {
  const { status, text } = machine(t, { id: 'echo 0', 'apt-get': 'echo "E: no such package"; exit 100' }).need(['cc'], installing);
  assert.equal(status, 1);
  assert.match(text, /E: no such package[^]*apt could not install: gcc libc6-dev/);
});

test('without sudo it says once what to ask the administrator for', (t) => {
  const { status, text } = machine(t, { 'apt-get': 'exit 1' }).need(['cc'], installing);
  assert.equal(status, 1);
  assert.match(text, /there is no sudo\. Ask the administrator to run: apt-get install .*gcc libc6-dev.*python3-venv/);
});

test('Redis is taken from the package that is installed, without root access', (t) => {
  const { root, need } = machine(t, { 'apt-get': 'exit 1', 'redis-check-rdb': 'true' });
  const { status, text } = need(['redis'], installing);
  assert.deepEqual({ status, text }, { status: 0, text: '' });
  assert.equal(existsSync(join(root, '.cache/tools/bin/redis-server')), true);
});

test('sudo is never allowed to ask a script for a password', (t) => {
  const { status, text } = machine(t, { 'apt-get': 'exit 1', sudo: '[ "$1" = -n ] && exit 1; sleep 60' }).need(['cc'], installing);
  assert.equal(status, 1);
  assert.match(text, /sudo refused\. Ask the administrator/);
});

test("says what to do when Rust's installer cannot be fetched", (t) => {
  const { status, text } = machine(t, { curl: 'echo "curl: (6) Could not resolve host" >&2; exit 6' }).need(['rust'], installing);
  assert.equal(status, 1);
  assert.match(text, /Could not resolve host[^]*RUSTUP_UPDATE_ROOT[^]*install Rust 1\.\d+\.\d+ from https:\/\/rustup\.rs/);
});

test('a Rust that rustup did not bring must be new enough', (t) => {
  const { need } = machine(t, { cargo: 'echo cargo', rustc: 'echo "rustc ${FAKE_VERSION:-1.63.0}"' });
  assert.equal(need(['rust'], { FAKE_VERSION: '1.99.0' }).status, 0);
  assert.match(need(['rust'], installing).text, /Rust 1\.63\.0 is too old/);
});

test('the pinned toolchain is installed when rustup is there without it', (t) => {
  const { status, text } = machine(t, {
    cargo: 'exit 1',
    rustup: 'case $1 in run) [ -e $HOME/installed ];; toolchain) echo "$@"; : >$HOME/installed;; esac',
  }).need(['rust'], installing);
  assert.equal(status, 0, text);
  assert.match(text, /toolchain install 1\.\d+\.\d+ .*clippy.*rustfmt/);
});

test('says where the browser is', (t) => {
  const { root, need } = machine(t, { 'google-chrome': 'true' });
  assert.deepEqual(need(['--chromium']), { status: 0, text: join(root, 'bin', 'google-chrome') + '\n' });
  assert.equal(need(['--chromium'], { CHROMIUM_PATH: '/bin/sh' }).text, '/bin/sh\n');
});

test('Prometheus and its promtool are taken out of the package, and nothing is installed', (t) => {
  const { root, need } = machine(t, {
    id: 'echo 0',
    mv: 'exec /bin/mv "$@"',
    'apt-get': 'echo "$@" >>$HOME/apt.log; case $1 in download) [ -e $HOME/lists ] && : >prometheus_2_amd64.deb;; update) : >$HOME/lists;; esac',
    'dpkg-deb': '[ -e "$2" ] && mkdir -p usr/bin && for name in promtool prometheus; do echo "#!/bin/sh" >usr/bin/$name && chmod +x usr/bin/$name; done',
  });
  const { status, text } = need(['promtool'], installing);
  assert.equal(status, 0, text);
  for (const name of ['promtool', 'prometheus']) assert.equal(existsSync(join(root, '.cache/tools/bin', name)), true);
  assert.equal(readFileSync(join(root, 'apt.log'), 'utf8'), 'download -q prometheus\nupdate -q\ndownload -q prometheus\n');
});

test('what is written in Go is built at the version that is pinned', (t) => {
  const { root, need } = machine(t, {
    go: 'case $1 in version) echo "go version go${FAKE_VERSION:-1.26.1} linux/amd64";; install) echo "$GOBIN $2" >>$HOME/go.log; echo "#!/bin/sh" >$GOBIN/actionlint; echo "echo 1.7.99" >>$GOBIN/actionlint; chmod +x $GOBIN/actionlint;; esac',
  });
  assert.match(need(['actionlint']).text, /missing: actionlint 1\.7 or newer/);
  mkdirSync(join(root, '.cache/tools/bin'), { recursive: true });
  const { status, text } = need(['actionlint'], installing);
  assert.equal(status, 0, text);
  assert.match(readFileSync(join(root, 'go.log'), 'utf8'), /\.cache\/tools\/bin github\.com\/rhysd\/actionlint\/cmd\/actionlint@v1\.7\.\d+\n/);
});

test('a program called helm is taken for the major that it is, and for no other', (t) => {
  const { root, need } = machine(t, { helm: 'echo v3.20.1' });
  assert.deepEqual(need(['helm3']), { status: 0, text: '' });
  assert.ok(existsSync(join(root, '.cache/tools/bin/helm3')));
  assert.match(need(['helm4']).text, /missing: Helm 4/);
});

test('an unknown tool is an error', (t) => {
  assert.match(machine(t, {}).need(['perl']).text, /unknown tool 'perl'/);
});

for (const [programs, enough] of [
  [{ docker: 'echo 2.40.3' }, true],
  [{ docker: 'exit 1', 'docker-compose': 'echo v2.24.0' }, true],
  [{ docker: 'exit 1', 'docker-compose': 'echo 1.29.2' }, false],
  [{ docker: 'echo "unknown command: docker compose" >&2; exit 1' }, false],
]) {
  test(`Compose as ${JSON.stringify(programs)} is ${enough ? 'new enough' : 'refused'}`, (t) => {
    const { status, text } = machine(t, programs).need(['compose']);
    assert.equal(status, enough ? 0 : 1, text);
    assert.equal(text.includes('missing: Docker Compose 2.24 or newer'), !enough);
  });
}
