// scripts/release with a pretended docker, helm and cosign: `node --test scripts/release.test.mjs`.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('..', import.meta.url));
const IMAGE = 'ghcr.io/acme/clockwork';

/** A checkout at version 1.2.3 with one commit, and programs that write down how they are called. */
function release(t, args, { built = true, environment = {}, cosign = '' } = {}) {
  const root = mkdtempSync(join(tmpdir(), 'clockwork-release-'));
  t.after(() => rmSync(root, { recursive: true }));
  for (const directory of ['bin', 'scripts']) mkdirSync(join(root, directory));
  for (const path of ['scripts/release', 'charts/clockwork']) cpSync(join(repository, path), join(root, path), { recursive: true });
  writeFileSync(join(root, 'Cargo.toml'), '[workspace]\nmembers = []\n\n[workspace.package]\nversion = "1.2.3"\n\n[workspace.dependencies]\nversion = "9"\n');
  const git = (...words) => execFileSync('git', ['-C', root, '-c', 'user.name=x', '-c', 'user.email=x@example.com', ...words], { encoding: 'utf8' }).trim();
  git('init', '--quiet');
  git('commit', '--quiet', '--allow-empty', '--message', 'x');
  const program = (name, body) => {
    writeFileSync(join(root, 'bin', name), `#!/bin/sh\necho "${name} $*" >>${root}/log\n${body}\n`);
    chmodSync(join(root, 'bin', name), 0o755);
  };
  program('docker', `case $* in *--format*) echo sha256:abc;; *inspect*) exit ${built ? 0 : 1};; esac`);
  program('helm', `case $1 in package) cp -R "$2" ${root}/packed; : >"$8/clockwork-$4.tgz";; push) echo "Digest: sha256:def";; esac`);
  program('cosign', cosign);
  writeFileSync(join(root, 'log'), '');
  const env = { PATH: `${join(root, 'bin')}:/usr/bin:/bin`, GITHUB_OUTPUT: join(root, 'output'), HOME: root, ...environment };
  const { status, stdout, stderr } = spawnSync(join(root, 'scripts/release'), args, { env, encoding: 'utf8' });
  return { root, status, stdout, text: stdout + stderr, commit: git('rev-parse', '--short=7', 'HEAD'), calls: readFileSync(join(root, 'log'), 'utf8').trim().split('\n') };
}

test('a version is given to the very image that main built', (t) => {
  const { status, stdout, text, calls, commit, root } = release(t, ['promote', IMAGE, 'v1.2.3']);
  assert.equal(status, 0, text);
  assert.equal(calls[1], `docker buildx imagetools create --tag ${IMAGE}:1.2.3 --tag ${IMAGE}:v1.2.3 --tag ${IMAGE}:1.2 --tag ${IMAGE}:1 ${IMAGE}:sha-${commit}`);
  assert.equal(stdout, 'version=1.2.3\ndigest=sha256:abc\n');
  assert.equal(readFileSync(join(root, 'output'), 'utf8'), stdout);
});

test('an owner whose name has capital letters has an image with small ones', (t) => {
  assert.equal(release(t, ['image'], { environment: { GITHUB_REPOSITORY: 'Acme/Clockwork' } }).stdout, `image=${IMAGE}\n`);
  assert.equal(release(t, ['image']).status, 1);
  const { calls, commit } = release(t, ['promote', 'ghcr.io/Acme/clockwork', 'v1.2.3']);
  assert.equal(calls[1], `docker buildx imagetools create --tag ${IMAGE}:1.2.3 --tag ${IMAGE}:v1.2.3 --tag ${IMAGE}:1.2 --tag ${IMAGE}:1 ${IMAGE}:sha-${commit}`);
  const { stdout } = release(t, ['chart', 'ghcr.io/Acme/clockwork', '1.2.3', 'oci://ghcr.io/Acme/charts']);
  assert.equal(stdout, 'chart=ghcr.io/acme/charts/clockwork\ndigest=sha256:def\n');
  assert.equal(release(t, ['sign', 'ghcr.io/Acme/clockwork@sha256:abc']).calls[0], `cosign sign --yes --recursive ${IMAGE}@sha256:abc`);
});

test('the version is the one of the workspace', (t) => {
  assert.equal(release(t, ['version']).stdout, 'version=1.2.3\n');
});

test('nothing is promoted that was not built, or that says another version', (t) => {
  for (const [args, options, reason] of [
    [['promote', IMAGE, 'v1.2.3'], { built: false }, /main has not built this commit/],
    [['promote', IMAGE, 'v1.2.4'], {}, /the tag says 1\.2\.4, and Cargo\.toml 1\.2\.3/],
    [['promote', IMAGE, 'latest'], {}, /no version/],
    [['promote', IMAGE, 'v1.2'], {}, /no version/],
  ]) {
    const { status, text, calls } = release(t, args, options);
    assert.equal(status, 1);
    assert.match(text, reason);
    assert.ok(!calls.some((call) => call.includes('create')));
  }
});

test('the packed chart installs the published image and links to the published runbooks', (t) => {
  const { root, status, stdout, text, calls } = release(t, ['chart', IMAGE, '1.2.3', 'oci://ghcr.io/acme/charts']);
  assert.equal(status, 0, text);
  assert.match(calls[0], /^helm package .* --version 1\.2\.3 --app-version 1\.2\.3 /);
  assert.match(calls[1], /^helm push .*clockwork-1\.2\.3\.tgz oci:\/\/ghcr\.io\/acme\/charts$/);
  assert.equal(stdout, 'chart=ghcr.io/acme/charts/clockwork\ndigest=sha256:def\n');
  assert.match(readFileSync(join(root, 'packed/values.yaml'), 'utf8'), /^ {4}repository: ghcr\.io\/acme\/clockwork$/m);
  const alerts = readFileSync(join(root, 'packed/alerts/clockwork.yaml'), 'utf8');
  assert.match(alerts, /runbook_url: https:\/\/github\.com\/acme\/clockwork\/blob\/v1\.2\.3\/docs\/OPERATIONS\.md#/);
  assert.doesNotMatch(alerts, /github\.com\/OWNER/);
  assert.match(readFileSync(join(root, 'charts/clockwork/values.yaml'), 'utf8'), /^ {4}repository: clockwork$/m);
});

test('links of the packed chart follow the name of the repository', (t) => {
  const { root, status, text } = release(t, ['chart', 'ghcr.io/acme/time', '1.2.3', 'oci://ghcr.io/acme/charts']);
  assert.equal(status, 0, text);
  assert.match(readFileSync(join(root, 'packed/alerts/clockwork.yaml'), 'utf8'), /github\.com\/acme\/time\/blob\/v1\.2\.3\//);
});

test('a tag that comes before main has built its commit waits for it, as long as it is told to', (t) => {
  const patient = { RELEASE_WAIT: '2', RELEASE_PAUSE: '1' };
  const { status, text, calls } = release(t, ['promote', IMAGE, 'v1.2.3'], { built: false, environment: patient });
  assert.equal(status, 1);
  assert.match(text, /main has not built this commit/);
  assert.equal(calls.filter((call) => call.includes('inspect')).length, 3);
});

test('an environment is recorded by a signature over the digest, and one is none of the other', (t) => {
  const image = `${IMAGE}@sha256:abc`;
  const recorded = release(t, ['record', image, 'staging']);
  assert.equal(recorded.status, 0, recorded.text);
  assert.match(recorded.calls[0], /^cosign attest --yes --type \S+\/staging\/v1 --predicate \S+ ghcr\.io\/acme\/clockwork@sha256:abc$/);
  const asked = release(t, ['recorded', image, 'staging', '^https://github.com/acme/']);
  assert.equal(asked.status, 0, asked.text);
  assert.match(asked.calls[0], /^cosign verify-attestation --type \S+\/staging\/v1 --certificate-oidc-issuer \S+ --certificate-identity-regexp \^https:\/\/github\.com\/acme\/ ghcr/);
  const type = (call) => /--type (\S+)/.exec(call)[1];
  assert.equal(type(recorded.calls[0]), type(asked.calls[0]));
  assert.notEqual(type(release(t, ['record', image, 'production']).calls[0]), type(asked.calls[0]));
  const none = release(t, ['recorded', image, 'staging', 'x'], { cosign: 'exit 1' });
  assert.equal(none.status, 1);
  assert.match(none.text, /staging has no record of .*deploy it there first/);
  for (const args of [['record', `${IMAGE}:1.2.3`, 'staging'], ['record', image, 'test']]) assert.equal(release(t, args).status, 1);
});

test('only a digest is signed or checked', (t) => {
  for (const command of ['sign', 'verify']) assert.match(release(t, [command, `${IMAGE}:1.2.3`, 'x']).text, /names no digest/);
  assert.equal(release(t, ['sign', `${IMAGE}@sha256:abc`]).calls[0], `cosign sign --yes --recursive ${IMAGE}@sha256:abc`);
  assert.match(release(t, ['verify', `${IMAGE}@sha256:abc`, '^https://github.com/acme/.*$']).calls[0], /--certificate-identity-regexp \^https:\/\/github\.com\/acme\/\.\*\$ ghcr/);
});

test('wrong usage is exit code 2', (t) => {
  for (const args of [[], ['publish'], ['promote', IMAGE], ['chart', IMAGE]]) assert.equal(release(t, args).status, 2);
});
