// scripts/deploy with a pretended helm, kubectl and curl: `node --test scripts/deploy.test.mjs`. Each test says how they behave, and looks at what was
// called in which order.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('..', import.meta.url));

/** What `helm history --output yaml` prints. */
const history = (...statuses) =>
  statuses.map((status, index) => `- app_version: 1.0.0\n  chart: clockwork-1.0.0\n  description: x\n  revision: ${index + 1}\n  status: ${status}\n`).join('');

/**
 * A checkout with the script, a chart, and pretended programs that write down how they are called.
 * `smoke` has an exit code for each run of the smoke test, the last one for all that follow.
 */
function deploy(t, args, { version = 'v3.17.2', revisions = [], upgrade = 0, rollback = 0, smoke = [0], environment = {}, helm = ':', namespaces = true, test: tested = 0, label = '' } = {}) {
  const root = mkdtempSync(join(tmpdir(), 'clockwork-deploy-'));
  t.after(() => rmSync(root, { recursive: true }));
  for (const directory of ['bin', 'scripts', 'charts/clockwork']) mkdirSync(join(root, directory), { recursive: true });
  cpSync(join(repository, 'scripts/deploy'), join(root, 'scripts/deploy'));
  const program = (path, body) => {
    writeFileSync(join(root, path), `#!/bin/sh\n${body}\n`);
    chmodSync(join(root, path), 0o755);
  };
  writeFileSync(join(root, 'history'), history(...revisions));
  writeFileSync(join(root, 'log'), '');
  writeFileSync(join(root, 'smokes'), smoke.join('\n') + '\n');
  program(
    'bin/helm',
    `case $1 in
     version) echo ${version};;
     history) [ -s ${root}/history ] || exit 1; cat ${root}/history;;
     upgrade) ${helm.replace('LOG', `${root}/log`)}; echo "helm $*" >>${root}/log; exit ${upgrade};;
     rollback) echo "helm $*" >>${root}/log; exit ${rollback};;
     test) echo "helm $*" >>${root}/log; exit ${tested};;
     esac`,
  );
  program('bin/kubectl', `case "$*" in 'auth can-i create namespaces') exit ${namespaces ? 0 : 1};; 'get deployment'*) printf '%s' '${label}';; esac\necho "kubectl $1 $2" >>${root}/log`);
  program('bin/curl', 'exit 1');
  program('scripts/smoke', `echo "smoke $*" >>${root}/log; code=$(head -n 1 ${root}/smokes); [ $(wc -l <${root}/smokes) = 1 ] || sed -i 1d ${root}/smokes; exit $code`);
  const env = { PATH: `${join(root, 'bin')}:/usr/bin:/bin`, DEPLOY_URL: 'https://time.example.com', ...environment };
  const { status, stdout, stderr } = spawnSync(join(root, 'scripts/deploy'), args, { env, encoding: 'utf8', input: '' });
  const log = readFileSync(join(root, 'log'), 'utf8').replaceAll(root, '').trim();
  return { status, text: stdout + stderr, calls: log === '' ? [] : log.split('\n') };
}

const steps = (calls) => calls.map((call) => call.split(' ').slice(0, 2).join(' '));

test('an environment that there is not exits 1 before anything is called', (t) => {
  for (const args of [['prod'], ['rollback', 'test'], [], ['--help']]) {
    const { status, text, calls } = deploy(t, args);
    assert.equal(status, 1);
    assert.match(text, /staging and production|staging or production/);
    assert.deepEqual(calls, []);
  }
});

test('without an address to try, nothing is begun', (t) => {
  const { status, text, calls } = deploy(t, ['staging'], { environment: { DEPLOY_URL: '' } });
  assert.equal(status, 2);
  assert.match(text, /DEPLOY_URL/);
  assert.deepEqual(calls, []);
});

test('where nothing from here gets in, the cluster tries it, and says which version runs', (t) => {
  const environment = { DEPLOY_URL: '', DEPLOY_SMOKE: 'cluster', DEPLOY_DIGEST: 'sha256:abc', DEPLOY_VERSION: '1.2.3' };
  const well = deploy(t, ['production'], { revisions: ['deployed'], environment, label: '1.2.3' });
  assert.equal(well.status, 0, well.text);
  assert.deepEqual(steps(well.calls), ['helm upgrade', 'helm test', 'kubectl get']);
  assert.match(well.calls[0], /deployment\.image\.tag=1\.2\.3 --set-string deployment\.image\.digest=sha256:abc/);
  assert.equal(well.calls[1], 'helm test clockwork --namespace clockwork --timeout 10m');
  for (const wrong of [{ label: '1.2.2' }, { label: '1.2.3', test: 1 }]) {
    const { status, calls } = deploy(t, ['production'], { revisions: ['deployed'], environment, ...wrong });
    assert.equal(status, 1);
    assert.ok(steps(calls).includes('helm rollback'));
  }
  assert.equal(deploy(t, ['staging'], { environment: { DEPLOY_SMOKE: 'nowhere' } }).status, 2);
});

test('staging: upgraded, then tried', (t) => {
  const { status, text, calls } = deploy(t, ['staging'], { revisions: ['superseded', 'deployed'], environment: { DEPLOY_TAG: 'sha-1234567', DEPLOY_VERSION: '1.2.3' } });
  assert.equal(status, 0, text);
  assert.deepEqual(calls, [
    'helm upgrade --install clockwork /charts/clockwork --namespace clockwork --set-string namespace.name=clockwork --create-namespace --values /charts/clockwork/values-staging.yaml --set-string deployment.image.tag=sha-1234567 --atomic --wait --timeout 10m',
    // A server in staging does not tell browsers to stay with https.
    'smoke --no-hsts --version 1.2.3 https://time.example.com',
  ]);
});

test('production has values of its own, and everything can be named', (t) => {
  const environment = { DEPLOY_VALUES: 'ours.yaml', DEPLOY_IMAGE: 'registry.example.com/Acme/clockwork', DEPLOY_DIGEST: 'sha256:abc', DEPLOY_RELEASE: 'two', DEPLOY_NAMESPACE: 'team', DEPLOY_TIMEOUT: '20m' };
  const { status, text, calls } = deploy(t, ['production'], { revisions: ['deployed'], environment });
  assert.equal(status, 0, text);
  assert.equal(
    calls[0],
    'helm upgrade --install two /charts/clockwork --namespace team --set-string namespace.name=team --create-namespace --values /charts/clockwork/values-prod.yaml --values ours.yaml --set-string deployment.image.repository=registry.example.com/acme/clockwork --set-string deployment.image.digest=sha256:abc --atomic --wait --timeout 20m',
  );
});

test('an account of one namespace makes none', (t) => {
  const { status, text, calls } = deploy(t, ['production'], { revisions: ['deployed'], namespaces: false });
  assert.equal(status, 0, text);
  assert.doesNotMatch(calls[0], /--create-namespace/);
  assert.equal(calls[1], 'smoke https://time.example.com');
});

test('Helm 4 has another name for a rollback on failure', (t) => {
  const { calls } = deploy(t, ['staging'], { version: 'v4.2.3' });
  assert.match(calls[0], / --rollback-on-failure --wait /);
  assert.doesNotMatch(calls[0], /--atomic/);
});

test('another Helm is refused', (t) => {
  const { status, calls } = deploy(t, ['staging'], { version: 'v2.16.1' });
  assert.equal(status, 2);
  assert.deepEqual(calls, []);
});

test('a failed upgrade gets no smoke test: Helm has rolled it back', (t) => {
  const { status, text, calls } = deploy(t, ['production'], { revisions: ['deployed'], upgrade: 1 });
  assert.equal(status, 1);
  assert.match(text, /Helm has rolled it back \(to revision 1\)/);
  assert.deepEqual(steps(calls), ['helm upgrade', 'kubectl get', 'kubectl get']);
});

test('after a failed smoke test the previous revision is deployed and tested', (t) => {
  const { status, text, calls } = deploy(t, ['production'], { revisions: ['superseded', 'failed', 'deployed'], smoke: [1, 0] });
  assert.equal(status, 1);
  assert.match(text, /is rolled back to revision 3, and healthy/);
  assert.deepEqual(steps(calls), ['helm upgrade', 'smoke https://time.example.com', 'kubectl get', 'kubectl get', 'helm rollback', 'smoke https://time.example.com']);
  assert.equal(calls[4], 'helm rollback clockwork 3 --namespace clockwork --wait --timeout 10m');
});

test('if the previous revision is unhealthy too, the script asks for an engineer', (t) => {
  const { status, text } = deploy(t, ['production'], { revisions: ['deployed'], smoke: [1, 1] });
  assert.equal(status, 1);
  assert.match(text, /unhealthy too: production needs an engineer/);
});

test('a rollback that fails asks for an engineer', (t) => {
  const { status, text } = deploy(t, ['production'], { revisions: ['deployed'], smoke: [1], rollback: 1 });
  assert.equal(status, 1);
  assert.match(text, /the rollback failed too: production needs an engineer/);
});

test('an unhealthy first install stays for inspection', (t) => {
  const { status, text, calls } = deploy(t, ['staging'], { smoke: [1] });
  assert.equal(status, 1);
  assert.match(text, /first install/);
  assert.ok(!steps(calls).includes('helm rollback'));
});

test('a deployment that is under way is not disturbed', (t) => {
  const { status, text, calls } = deploy(t, ['staging'], { revisions: ['deployed', 'pending-upgrade'] });
  assert.equal(status, 1);
  assert.match(text, /revision 2 is pending[^]*just rollback staging 1/);
  assert.deepEqual(calls, []);
});

test('a killed upgrade can be rolled back', (t) => {
  const { status, text, calls } = deploy(t, ['rollback', 'staging', '1'], { revisions: ['deployed', 'pending-upgrade'] });
  assert.equal(status, 0, text);
  assert.equal(calls[0], 'helm rollback clockwork 1 --namespace clockwork --wait --timeout 10m');
});

test('rollback goes to the revision before, past those that failed', (t) => {
  const { status, text, calls } = deploy(t, ['rollback', 'production'], { revisions: ['superseded', 'superseded', 'failed', 'deployed'] });
  assert.equal(status, 0, text);
  assert.deepEqual(calls, ['helm rollback clockwork 2 --namespace clockwork --wait --timeout 10m', 'smoke https://time.example.com']);
});

test('rollback goes to the revision that is named, and to no other', (t) => {
  assert.equal(deploy(t, ['rollback', 'staging', '1'], { revisions: ['superseded', 'superseded', 'deployed'] }).calls[0], 'helm rollback clockwork 1 --namespace clockwork --wait --timeout 10m');
  assert.equal(deploy(t, ['rollback', 'staging', 'one'], { revisions: ['deployed'] }).status, 1);
  const { status, text } = deploy(t, ['rollback', 'staging'], { revisions: ['deployed'] });
  assert.equal(status, 1);
  assert.match(text, /no revision before 1/);
});

test("a pipeline's kubeconfig is a file for the time being, which only its owner can read", (t) => {
  const { status, text, calls } = deploy(t, ['staging'], {
    environment: { DEPLOY_KUBECONFIG: 'apiVersion: v1' },
    helm: 'echo "config $(cat $KUBECONFIG) $(stat -c %a $KUBECONFIG) ${DEPLOY_KUBECONFIG:-gone} $KUBECONFIG" >>LOG',
  });
  assert.equal(status, 0, text);
  const [, file] = /^config apiVersion: v1 600 gone (.*)$/.exec(calls[0]) ?? assert.fail(calls[0]);
  assert.equal(existsSync(file), false);
});
