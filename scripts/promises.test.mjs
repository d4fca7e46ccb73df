// The check of docs/PROMISES.md must fail where it should: `node --test scripts/promises.test.mjs`.
import assert from 'node:assert/strict';
import test from 'node:test';
import { NUMBERS, problems } from './promises.mjs';

const files = {
  justfile:
    '# Run.\ncheck: (need "squawk") check-migrations\n\ncheck-migrations: (need "squawk")\n    scripts/lint-migrations\n\ntest: test-core\n\ntest-core *args:\n    cargo test\n\ne2e-swarm image:\n    x\n\ne2e-cluster image:\n    x\n\nbench:\n    x\n',
  'docs/records/e2e-swarm.md': '# just e2e-swarm\n\n| began | 2026-01-31T12:00:00Z |\n',
  'docs/records/e2e-cluster.md': '# just e2e-cluster\n',
  'crates/server/tests/it/health.rs':
    '#[tokio::test]\nasync fn liveness() {}\n\nfn helper() {}\n\n#[test]\n#[ignore = "slow"]\nfn sleepy() {}\n\n#[actix_web::test]\n// A reason.\n#[expect(\n    lint,\n    reason = "one"\n)]\nasync fn with_lint() {}\n',
  'client/e2e/start.spec.ts': "test('starts a timer', async () => {});\ntest.skip('stops it', () => {});\ntest.describe('x', () => {});\n",
  'charts/tests/test_names.py':
    'import pytest\n\n\ndef test_names():\n    pass\n\n\ndef helper():\n    pass\n\n\n@pytest.mark.skip(reason="later")\n@pytest.mark.parametrize("a", [1])\ndef test_later(a):\n    pass\n',
};
const read = (path) => files[path];

/** A page on which every promise is open, but for one. */
const page = (item) =>
  [...NUMBERS.filter((number) => number !== 'H1').map((number) => `- **${number}** (not yet) Something.`), item].join('\n');
const kept = (...tests) => page(['- **H1** (kept) Alive.', ...tests.map((name) => `  - \`${name}\``)].join('\n'));

test('takes a page whose tests exist', () => {
  const tests = [
    'crates/server/tests/it/health.rs::liveness',
    'crates/server/tests/it/health.rs::with_lint',
    'client/e2e/start.spec.ts::starts a timer',
    'charts/tests/test_names.py::test_names',
    'just check-migrations',
    'just test-core',
    'just e2e-swarm',
  ];
  assert.deepEqual(problems(kept(...tests), read), []);
});

test('a promise that is kept partly may name a recipe without a record', () => {
  assert.deepEqual(problems(page('- **H1** (partly) Alive. Missing: a record.\n  - `just bench`'), read), []);
});

test('knows all 46 numbers', () => {
  assert.equal(NUMBERS.length, 46);
  assert.deepEqual(NUMBERS.slice(0, 5), ['G1', 'G2', 'G3', 'G4', 'H1']);
  assert.ok(NUMBERS.includes('K0'));
});

const refused = {
  'a promise that is missing': [page(''), /^H1 is there 0 times/],
  'a promise that is there twice': [page('- **H1** (not yet) A.\n- **H1** (not yet) B.'), /^H1 is there 2 times/],
  'a number that is none': [`${page('- **H1** (not yet) A.')}\n- **Q9** (not yet) B.`, /^Q9 is not the number/],
  'kept without a test': [kept(), /^H1 is called kept, and no test/],
  'partly without what is missing': [page('- **H1** (partly) Alive.'), /does not say what is missing/],
  'not yet with a test': [page('- **H1** (not yet) Alive.\n  - `just test-core`'), /names a test/],
  'an unknown state': [page('- **H1** (soon) Alive.'), /"soon"/],
  'a file that does not exist': [kept('crates/server/tests/it/gone.rs::liveness'), /no such file/],
  'a function that does not exist': [kept('crates/server/tests/it/health.rs::live'), /no such function/],
  'a function that is no test': [kept('crates/server/tests/it/health.rs::helper'), /not a test/],
  'a test that is ignored': [kept('crates/server/tests/it/health.rs::sleepy'), /is ignored/],
  'a title that does not exist': [kept('client/e2e/start.spec.ts::starts'), /no test of that title/],
  'a test that is skipped': [kept('client/e2e/start.spec.ts::stops it'), /is skipped/],
  'a function of Python that does not exist': [kept('charts/tests/test_names.py::test_name'), /no such function/],
  'a function of Python that is no test': [kept('charts/tests/test_names.py::helper'), /not a test/],
  'a test of Python that is skipped': [kept('charts/tests/test_names.py::test_later'), /is skipped/],
  'a recipe that does not exist': [kept('just checks'), /no such recipe/],
  'a recipe that nothing runs, without a record': [kept('just bench'), /neither `just test` nor `just check` runs it, and docs\/records\/bench\.md has no dated run/],
  'a record without a date': [kept('just e2e-cluster'), /docs\/records\/e2e-cluster\.md has no dated run/],
  'a name that is neither': [kept('liveness'), /expected path::name/],
};
for (const [what, [markdown, message]] of Object.entries(refused)) {
  test(`refuses ${what}`, () => {
    const found = problems(markdown, read);
    assert.equal(found.length, 1, found.join('\n'));
    assert.match(found[0], message);
  });
}
