// scripts/release with a pretended docker, helm and cosign: `node --test scripts/release.test.mjs`.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('..', import.meta.url));
const IMAGE = 'ghcr.io/acme/clockwork';
/** The repository that this checkout says it is. */
const [, NAME] = /^repository = "https:\/\/github\.com\/(.+)"$/m.exec(readFileSync(join(repository, 'Cargo.toml'), 'utf8'));

/** A checkout at version 1.2.3 with one commit, and programs that write down how they are called. */
function release(t, args, { built = true, environment = {}, cosign = '', tags = [], dockerfile = (text) => text } = {}) {
  const root = mkdtempSync(join(tmpdir(), 'clockwork-release-'));
  t.after(() => rmSync(root, { recursive: true }));
  for (const directory of ['bin', 'scripts', 'docker']) mkdirSync(join(root, directory));
  for (const path of ['scripts/release', 'charts/clockwork', 'docker/Dockerfile']) cpSync(join(repository, path), join(root, path), { recursive: true });
  writeFileSync(join(root, 'docker/Dockerfile'), dockerfile(readFileSync(join(root, 'docker/Dockerfile'), 'utf8')));
  writeFileSync(join(root, 'Cargo.toml'), `[workspace]\nmembers = []\n\n[workspace.package]\nversion = "1.2.3"\nrepository = "https://github.com/${NAME}"\n\n[workspace.dependencies]\nversion = "9"\n`);
  const git = (...words) => execFileSync('git', ['-C', root, '-c', 'user.name=x', '-c', 'user.email=x@example.com', ...words], { encoding: 'utf8' }).trim();
  git('init', '--quiet');
  git('commit', '--quiet', '--allow-empty', '--message', 'x');
  for (const tag of tags) git('tag', tag);
  const program = (name, body) => {
    writeFileSync(join(root, 'bin', name), `#!/bin/sh\necho "${name} $*" >>${root}/log\n${body}\n`);
    chmodSync(join(root, 'bin', name), 0o755);
  };
  // What a build writes into the file of metadata, and what an image has in it.
  const metadata = '{\n  "buildx.build.ref": "x",\n  "containerimage.digest": "sha256:abc"\n}';
  program(
    'docker',
    `case $* in *--format*) echo sha256:\${DIGEST:-abc};; *inspect*) exit ${built ? 0 : 1};; buildx\\ build*) while [ "$1" != --metadata-file ]; do shift; done; printf '%s' '${metadata}' >"$2";;
     create*) echo container;; cp*) echo '{}' >"$3/client.cdx.json";; esac`,
  );
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

/** The images that a checkout's Dockerfile begins with. */
function basesOf(root) {
  const dockerfile = readFileSync(join(root, 'docker/Dockerfile'), 'utf8');
  const stages = [...dockerfile.matchAll(/ AS (\w+)$/gm)].map(([, name]) => name);
  return [...dockerfile.matchAll(/^FROM (?:--\S+ )?(\S+)/gm)].map(([, base]) => base).filter((base) => !stages.includes(base));
}
const unpinned = (text) => text.replaceAll(/@sha256:[0-9a-f]+/g, '');

test('base images are pinned in the Dockerfile, anew each time, and a build takes the pinned ones', (t) => {
  const first = release(t, ['pin'], { dockerfile: unpinned });
  assert.equal(first.status, 0, first.text);
  const pinned = basesOf(first.root);
  assert.deepEqual(pinned, basesOf(repository).map((base) => `${unpinned(base)}@sha256:abc`));
  // Nothing else has changed.
  const text = readFileSync(join(first.root, 'docker/Dockerfile'), 'utf8');
  assert.equal(unpinned(text), unpinned(readFileSync(join(repository, 'docker/Dockerfile'), 'utf8')));
  const again = release(t, ['pin'], { dockerfile: () => text, environment: { DIGEST: 'def' } });
  assert.deepEqual(basesOf(again.root), pinned.map((base) => base.replace('abc', 'def')));
  // The registry is not asked what the tags are now.
  const { calls } = release(t, ['build', IMAGE], { dockerfile: () => text.replaceAll('@sha256:abc', '@sha256:123'), environment: { DIGEST: 'def' } });
  assert.equal(calls.length, 1);
  assert.match(calls[0], / --build-arg BASE_DIGEST=sha256:123 /);
  assert.doesNotMatch(calls[0], /--build-context/);
});

test('an image is built of bases by their digest, for both processors, and pushed without a tag', (t) => {
  const { status, stdout, text, calls } = release(t, ['build', 'ghcr.io/Acme/clockwork'], { dockerfile: unpinned, environment: { RELEASE_SOURCE: 'https://github.com/Acme/clockwork' } });
  assert.equal(status, 0, text);
  const bases = basesOf(repository).map(unpinned);
  assert.equal(bases.length, 3);
  const call = calls.at(-1);
  for (const base of bases) assert.ok(call.includes(` --build-context ${base}=docker-image://${base}@sha256:abc `), `${base}: ${call}`);
  assert.match(call, /^docker buildx build .*--platform linux\/amd64,linux\/arm64 --build-arg VERSION=1\.2\.3 --build-arg REVISION=[0-9a-f]{40} --build-arg CREATED=\d{4}-\S+ --build-arg SOURCE=https:\S+ /);
  assert.match(call, / --build-arg BASE_DIGEST=sha256:abc --sbom=true --provenance=mode=max /);
  assert.match(call, / --output type=image,name=ghcr\.io\/acme\/clockwork,push-by-digest=true,name-canonical=true,push=true /);
  assert.doesNotMatch(call, /--tag|type=gha/);
  assert.equal(stdout, `version=1.2.3\nimage=${IMAGE}\ndigest=sha256:abc\n`);
});

test('every label of the image has a value from the build', () => {
  const dockerfile = readFileSync(join(repository, 'docker/Dockerfile'), 'utf8');
  const script = readFileSync(join(repository, 'scripts/release'), 'utf8');
  const names = [...dockerfile.matchAll(/opencontainers\.image\.[\w.]+="\$(\w+)"/g)].map(([, name]) => name);
  assert.deepEqual(names, ['VERSION', 'REVISION', 'CREATED', 'SOURCE', 'BASE_DIGEST']);
  for (const name of names) assert.ok(script.includes(`--build-arg "${name}=`), name);
  // The base that the label names is the one that the image is put on.
  const [, base] = /base\.name="([^"]+)"/.exec(dockerfile);
  assert.equal(unpinned([...dockerfile.matchAll(/^FROM (\S+)$/gm)].at(-1)[1]), base);
});

test('tags lead to the digest that they were asked for, or it is a failure', (t) => {
  const reference = `${IMAGE}@sha256:abc`;
  const { status, calls, text, commit } = release(t, ['tag', reference, 'commit', 'latest']);
  assert.equal(status, 0, text);
  assert.deepEqual(calls.filter((call) => call.includes('create')), [`docker buildx imagetools create --tag ${IMAGE}:sha-${commit} ${reference}`, `docker buildx imagetools create --tag ${IMAGE}:latest ${reference}`]);
  const other = release(t, ['tag', reference, 'latest'], { environment: { DIGEST: 'other' } });
  assert.equal(other.status, 1);
  assert.match(other.text, /latest is not /);
  assert.match(release(t, ['tag', `${IMAGE}:1`, 'latest']).text, /names no digest/);
});

test('the newest version is the one with the highest number, without those before a version', (t) => {
  const none = release(t, ['newest', IMAGE]);
  assert.equal(none.status, 0, none.text);
  assert.ok(none.calls.at(-1).endsWith(`${IMAGE}:latest`));
  const some = release(t, ['newest', IMAGE], { tags: ['v1.9.0', 'v1.10.0', 'v2.0.0-rc.1', 'v1.2.3'] });
  assert.ok(some.calls.at(-1).endsWith(`${IMAGE}:1.10.0`), some.calls.at(-1));
  assert.equal(some.stdout, `image=${IMAGE}\ndigest=sha256:abc\n`);
});

test("the client's packages are attested out of the image itself", (t) => {
  const { status, calls, text } = release(t, ['sbom', `${IMAGE}@sha256:abc`]);
  assert.equal(status, 0, text);
  assert.match(calls.at(-1), /^cosign attest --yes --type cyclonedx --predicate \S+client\.cdx\.json ghcr\.io\/acme\/clockwork@sha256:abc$/);
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
  assert.doesNotMatch(alerts, /blob\/main/);
  assert.match(readFileSync(join(root, 'charts/clockwork/values.yaml'), 'utf8'), /^ {4}repository: clockwork$/m);
});

test('links of the packed chart follow the name of the repository', (t) => {
  const { root, status, text } = release(t, ['chart', 'ghcr.io/acme/time', '1.2.3', 'oci://ghcr.io/acme/charts']);
  assert.equal(status, 0, text);
  for (const path of ['alerts/clockwork.yaml', 'Chart.yaml', 'README.md']) assert.match(readFileSync(join(root, 'packed', path), 'utf8'), /github\.com\/acme\/time\/blob\/v1\.2\.3\//, path);
  const packed = readFileSync(join(root, 'packed/Chart.yaml'), 'utf8');
  assert.match(packed, /^home: https:\/\/github\.com\/acme\/time$[^]*^icon: https:\/\/github\.com\/acme\/time\/raw\/v1\.2\.3\//m);
  assert.ok(existsSync(join(repository, /\/raw\/v1\.2\.3\/(.*)$/m.exec(packed)[1])));
});

test('a tag that comes before main has built its commit waits for it, as long as it is told to', (t) => {
  const waits = { RELEASE_WAIT: '2', RELEASE_PAUSE: '1' };
  const { status, text, calls } = release(t, ['promote', IMAGE, 'v1.2.3'], { built: false, environment: waits });
  assert.equal(status, 1);
  assert.match(text, /main has not built this commit/);
  assert.equal(calls.filter((call) => call.includes('inspect')).length, 3);
});

test('an environment is recorded by a signature over the digest, and one is none of the other', (t) => {
  const image = `${IMAGE}@sha256:abc`;
  const recorded = release(t, ['record', image, 'staging']);
  assert.equal(recorded.status, 0, recorded.text);
  assert.ok(recorded.calls.includes(`docker buildx imagetools create --tag ${IMAGE}:staging ${image}`), recorded.calls.join('\n'));
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
  assert.equal(release(t, ['recorded', image, 'staging', 'x'], { cosign: 'exit 1', environment: { RELEASE_WAIT: '2', RELEASE_PAUSE: '1' } }).calls.length, 3);
  for (const args of [['record', `${IMAGE}:1.2.3`, 'staging'], ['record', image, 'test']]) assert.equal(release(t, args).status, 1);
});

test('only a digest is signed or checked', (t) => {
  for (const command of ['sign', 'verify']) assert.match(release(t, [command, `${IMAGE}:1.2.3`, 'x']).text, /names no digest/);
  assert.equal(release(t, ['sign', `${IMAGE}@sha256:abc`]).calls[0], `cosign sign --yes --recursive ${IMAGE}@sha256:abc`);
  assert.match(release(t, ['verify', `${IMAGE}@sha256:abc`, '^https://github.com/acme/.*$']).calls[0], /--certificate-identity-regexp \^https:\/\/github\.com\/acme\/\.\*\$ ghcr/);
});

/** Every address of the repository, its image and its chart in files that people read or packages carry. */
function addresses(root) {
  const files = execFileSync('git', ['-C', root, 'ls-files', 'docs', 'docker', 'charts/clockwork/alerts', 'charts/clockwork/README.md', 'justfile', 'README.md', 'Cargo.toml'], { encoding: 'utf8' }).trim().split('\n');
  const pattern = /(?<=github\.com\/)[\w.-]+\/[\w.-]+(?=\/(?:blob\/main\/docs|releases\/download|\.github\/workflows|'$))|(?<=--repo )\w[\w.-]*\/[\w.-]+|ghcr\.io\/[\w.-]+\/[\w.-]+/g;
  return files.flatMap((path) => (readFileSync(join(root, path), 'utf8').match(pattern) ?? []).map((address) => [path, address]));
}

test('the name of the repository is said once: everything else follows it, and adopt changes it everywhere', (t) => {
  const follows = (root, name) => {
    const [owner] = name.toLowerCase().split('/');
    const found = addresses(root);
    assert.ok(found.length > 40, String(found.length));
    for (const [path, address] of found) assert.ok([name, `ghcr.io/${name}`, `ghcr.io/${name.toLowerCase()}`, `ghcr.io/${name.split('/')[0]}/charts`, `ghcr.io/${owner}/charts`].includes(address), `${path}: ${address}`);
  };
  follows(repository, NAME);
  const root = mkdtempSync(join(tmpdir(), 'clockwork-adopt-'));
  t.after(() => rmSync(root, { recursive: true }));
  for (const path of ['docs', 'docker', 'charts', 'scripts', 'justfile', 'README.md', 'Cargo.toml']) cpSync(join(repository, path), join(root, path), { recursive: true, filter: (from) => !/node_modules|docker\/secrets/.test(from) });
  execFileSync('git', ['-C', root, 'init', '--quiet']);
  execFileSync('git', ['-C', root, 'add', '.']);
  for (const name of ['Acme/Time', 'someone/clockwork']) {
    const { status, stderr } = spawnSync(join(root, 'scripts/adopt'), [name], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    follows(root, name);
  }
  assert.equal(execFileSync('git', ['-C', root, 'status', '--porcelain', '--untracked-files=all'], { encoding: 'utf8' }).match(/^\?\?/m), null);
  assert.match(readFileSync(join(root, 'scripts/image.test.mjs'), 'utf8'), /ghcr\.io\/someone\/clockwork/);
  for (const wrong of [[], ['acme'], ['a/b/c'], ['a/b,c']]) assert.equal(spawnSync(join(root, 'scripts/adopt'), wrong).status, 2);
});

test('wrong usage is exit code 2', (t) => {
  for (const args of [[], ['publish'], ['promote', IMAGE], ['chart', IMAGE]]) assert.equal(release(t, args).status, 2);
});
