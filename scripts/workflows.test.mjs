// What the linters of .github/workflows do not look at: `just check-workflows`.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

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

test('just takes what each step says to a recipe: its name, and as many arguments as it has', () => {
  const root = fileURLToPath(new URL('..', import.meta.url));
  // What a shell makes of the variables at GitHub, as far as arguments go.
  const env = { PATH: [join(root, '.cache/tools/bin'), process.env.PATH].join(delimiter), HOME: process.env.HOME, IMAGE: 'ghcr.io/acme/time', DIGEST: `sha256:${'0'.repeat(64)}`, NEWEST: 'ghcr.io/acme/time', CHART: 'ghcr.io/acme/charts/clockwork' };
  Object.assign(env, { VERSION: '1.2.3', ENVIRONMENT: 'staging', REVISION: '', GITHUB_REPOSITORY: 'acme/time', GITHUB_REPOSITORY_OWNER: 'acme', GITHUB_REF_NAME: 'v1.2.3' });
  const lines = new Set(steps.filter(({ run }) => run !== undefined).map(({ run }) => run));
  const dry = (line) => spawnSync('bash', ['--norc', '-euc', line.replace('./justw', 'just --dry-run')], { cwd: root, env, encoding: 'utf8' });
  for (const line of lines) {
    const { status, stderr } = dry(line);
    assert.equal(status, 0, `${line}: ${stderr}`);
    // An unset variable would have ended bash; what a recipe is given arrives in what it runs.
    if (!stderr.includes('"$@"')) for (const [, name] of line.matchAll(/\$(\w+)/g)) assert.ok(stderr.includes(env[name]), `${line}: ${stderr}`);
  }
  assert.ok(lines.size > 15);
  for (const wrong of ['./justw release-sign', './justw release-promote one two three', './justw no-such-recipe']) assert.notEqual(dry(wrong).status, 0, wrong);
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
    // A run that waits for an approval holds its group, and of those that wait behind it GitHub keeps one. Staging needs no approval; production has the lock of the Helm release.
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
  assert.deepEqual(release.jobs.staging.needs, ['build', 'publish']);
  assert.equal(release.jobs.production.needs, 'version');
  assert.match(release.jobs.version.if, /tag/);
  const rollback = file('rollback.yml').jobs.rollback;
  assert.match(rollback['runs-on'], /vars\.DEPLOY_RUNNER/);
  // A registry refuses an owner's capital letters; recipes make small ones of them.
  for (const { where, uses, with: inputs } of steps.filter((step) => step.uses)) assert.doesNotMatch(JSON.stringify(inputs ?? {}), /github\.repository|env\.IMAGE/, `${where}: ${uses}`);
});

test('what is published is the digest that every test has run against', () => {
  const file = (name) => yaml.parse(readFileSync(new URL(name, place), 'utf8'));
  const { jobs: release } = file('release.yml');
  const runs = (job) => job.steps.map(({ run }) => run).filter((run) => run !== undefined);
  // Built once, of main alone, and pushed without a tag; a version only promotes.
  assert.deepEqual(runs(release.build), ['./justw release-build "$IMAGE"']);
  for (const job of ['ci', 'build']) assert.equal(release[job].if, "github.ref == 'refs/heads/main'");
  for (const [name, job] of Object.entries(release)) if (name !== 'build' && job.steps) assert.ok(!runs(job).some((run) => /docker-build|release-build/.test(run)), name);
  assert.equal(release.image.with.image, '${{ needs.build.outputs.image }}@${{ needs.build.outputs.digest }}');
  assert.deepEqual(release.publish.needs, ['ci', 'build', 'image']);
  assert.equal(release.publish.env.DIGEST, '${{ needs.build.outputs.digest }}');
  // Signed before a tag leads to it.
  assert.deepEqual(
    runs(release.publish).map((run) => run.split(' ')[1]),
    ['release-sign', 'release-sbom', 'release-tag'],
  );
  const image = file('image.yml');
  assert.equal(release.image.uses, './.github/workflows/image.yml');
  for (const recipe of ['test-image', 'e2e-swarm', 'scan-image']) assert.ok(runs(image.jobs.amd64).some((run) => run.startsWith(`./justw ${recipe} "$IMAGE"`)), recipe);
  assert.deepEqual(runs(image.jobs.arm64), ['./justw test-image "$IMAGE"']);
  assert.match(image.jobs.arm64['runs-on'], /arm/);
  assert.equal(image.jobs.cluster.env.CLOCKWORK_IMAGE, '${{ inputs.image }}');
  // Main is not tested twice, nothing is skipped for want of an engine, and of several commits of main none waits in a group, of which GitHub keeps one.
  const ci = file('ci.yml');
  assert.equal(ci.jobs.image.if, "github.event_name == 'pull_request'");
  assert.equal(ci.env.CLOCKWORK_ENGINE, 'required');
  assert.match(ci.concurrency.group, /pull_request' && github\.ref \|\| github\.run_id/);
  assert.ok(Object.keys(ci.on).includes('workflow_call'));
});

test('once a week main is built anew, and what became known is looked at', () => {
  const of = (name) => parsed.find((workflow) => workflow.name === name);
  for (const name of ['release', 'weekly']) assert.match(of(name).on.schedule[0].cron, /^\d+ \d+ \* \* \d$/, name);
  const runs = Object.values(of('weekly').jobs).flatMap((job) => job.steps.map(({ run }) => run?.split(' ')[1]));
  for (const recipe of ['release-newest', 'scan-image', 'audit']) assert.ok(runs.includes(recipe), recipe);
  const updates = yaml.parse(readFileSync(new URL('../dependabot.yml', place), 'utf8')).updates.map((update) => update['package-ecosystem']);
  assert.deepEqual(updates, ['github-actions', 'cargo', 'npm', 'docker', 'pip']);
});
