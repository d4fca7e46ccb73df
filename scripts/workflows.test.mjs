// What the linters of .github/workflows do not look at: `just check-workflows`.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import test from 'node:test';

const require = createRequire(new URL('../client/package.json', import.meta.url));
const yaml = require('yaml');

const place = new URL('../.github/workflows/', import.meta.url);
const workflows = readdirSync(place).map((name) => ({ name, text: readFileSync(new URL(name, place), 'utf8') }));
const justfile = readFileSync(new URL('../justfile', import.meta.url), 'utf8');
const recipes = new Set([...justfile.matchAll(/^([a-z][\w-]*)(?: [^:\n]*)?:(?!=)/gm)].map(([, name]) => name));
const parsed = workflows.map(({ name, text }) => ({ name, ...yaml.parse(text) }));
const jobs = parsed.flatMap(({ name, jobs: of }) => Object.entries(of).map(([job, value]) => ({ where: `${name}: ${job}`, ...value })));
const steps = jobs.flatMap(({ where, steps: of = [] }) => of.map((step) => ({ where, ...step })));

test('whatever a step runs is a recipe that people can run', () => {
  for (const { where, run } of steps.filter((step) => step.run !== undefined)) {
    const recipe = /^\.\/justw ([\w-]+)( [^\n;&|]*)?$/.exec(run)?.[1];
    assert.ok(recipe, `${where}: "${run}" is no recipe`);
    assert.ok(recipes.has(recipe), `${where}: there is no recipe ${recipe}`);
  }
  assert.ok(!recipes.has('nothing') && recipes.has('test'));
});

test('actions are pinned by commit, with their version beside it, and one action has one commit', () => {
  const pins = new Map();
  for (const { name, text } of workflows) {
    for (const [, action, rest] of text.matchAll(/uses: ([^@\s]+)(.*)$/gm)) {
      if (action.startsWith('./')) continue;
      const [, commit, version] = /^@([0-9a-f]{40}) # (v\d+\.\d+\.\d+)$/.exec(rest) ?? assert.fail(`${name}: ${action} is not pinned`);
      assert.equal(pins.get(action) ?? `${commit} ${version}`, `${commit} ${version}`, action);
      pins.set(action, `${commit} ${version}`);
    }
  }
  assert.ok(pins.size > 5);
});

test('a workflow may do nothing, each job what it says, within a time, and no checkout leaves its token behind', () => {
  for (const { name, permissions } of parsed) assert.deepEqual(permissions, {}, name);
  for (const { where, permissions, uses, 'timeout-minutes': minutes } of jobs) {
    assert.ok(permissions, where);
    assert.ok(uses !== undefined || minutes > 0, where);
    // Only the tarballs are put where the repository itself has its releases.
    const more = where === 'release: tarballs' ? ['contents'] : [];
    for (const [scope, level] of Object.entries(permissions)) assert.ok(level === 'read' || [...more, 'packages', 'id-token', 'attestations', 'security-events'].includes(scope), `${where}: ${scope}`);
  }
  for (const step of steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'))) assert.equal(step.with?.['persist-credentials'], false, step.where);
});

test('production waits for its environment, gets what main has built, and never two at once', () => {
  const of = (name) => parsed.find((workflow) => workflow.name === name);
  const file = (name) => yaml.parse(readFileSync(new URL(name, place), 'utf8'));
  for (const environment of ['staging', 'production']) {
    const workflow = file(`deploy-${environment}.yml`);
    assert.equal(workflow.jobs.deploy.environment.name, environment);
    // A run that waits for an approval holds its group, and of those that wait behind it GitHub keeps one. Staging asks nobody; production has the lock of the Helm release.
    assert.deepEqual(workflow.concurrency, environment === 'staging' ? { group: 'deploy-staging', 'cancel-in-progress': false } : undefined);
    const runs = workflow.jobs.deploy.steps.map(({ run }) => run).filter((run) => run !== undefined);
    // Signed by this repository's pipeline, taken by staging before production, and recorded when it was tried.
    assert.deepEqual(
      runs.map((run) => run.split(' ').slice(1, 2)[0]),
      ['release-verify', ...(environment === 'production' ? ['release-recorded'] : []), 'deploy', 'release-record'],
    );
    if (environment === 'production') assert.match(runs[1], / staging .*deploy-staging\.yml@/);
    assert.ok(runs.includes(`./justw deploy ${environment}`) && runs.at(-1).endsWith(` ${environment}`));
    assert.match(workflow.jobs.deploy['runs-on'], /vars\.DEPLOY_RUNNER/);
  }
  const release = file('release.yml');
  assert.ok(of(release.name));
  assert.equal(release.concurrency, undefined);
  // What fails a test is neither built nor signed, and main is not tested twice.
  assert.equal(release.jobs.build.needs, 'ci');
  assert.equal(release.jobs.ci.uses, './.github/workflows/ci.yml');
  assert.deepEqual(Object.keys(file('ci.yml').on), ['pull_request', 'workflow_call']);
  assert.equal(release.jobs.staging.needs, 'build');
  assert.equal(release.jobs.production.needs, 'version');
  assert.match(release.jobs.version.if, /tag/);
  // What builds runs for main alone; a tag only promotes.
  assert.match(release.jobs.build.if, /branch/);
  assert.ok(!release.jobs.version.steps.some(({ uses }) => uses?.includes('build-push-action')));
  const push = release.jobs.build.steps.find(({ uses }) => uses?.includes('build-push-action')).with;
  assert.equal(push.sbom, true);
  assert.equal(push.provenance, 'mode=max');
  assert.doesNotMatch(JSON.stringify(push), /type=gha/);
  // The version of the image is the Dockerfile's label; the action's would be the branch.
  assert.match(push.labels, /^org\.opencontainers\.image\.source=\S+ \S+ \S+$/);
  // A registry refuses an owner's capital letters; recipes make small ones of them.
  for (const { where, uses, with: inputs } of steps.filter((step) => step.uses)) assert.doesNotMatch(JSON.stringify(inputs ?? {}), /github\.repository|env\.IMAGE/, `${where}: ${uses}`);
});
