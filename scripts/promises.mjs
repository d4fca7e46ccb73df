// Checks docs/PROMISES.md: every promise is there, and what is called kept is shown by a test that exists.
//
// A promise is a list item; below it stand the tests that show it, each on a line of its own:
//
//   - **H1** (kept) Liveness never looks at the database.
//     - `crates/server/tests/it/health.rs::liveness_ignores_the_database`
//     - `client/e2e/offline.spec.ts::says so when the server is away`
//     - `charts/tests/test_pitfalls.py::test_p07_an_ingress_has_its_class_once`
//     - `just check-migrations`
//
// `partly` says what is missing after the word "Missing:"; `not yet` names no test.
//
// A recipe counts if `just test` or `just check` runs it, or if a dated record of a run is committed: docs/records/RECIPE.md, which `just record` writes, or the page in RECORDS.
// A promise that is kept partly may name others.

/** Pages that a recipe writes itself. */
const RECORDS = { reliability: 'docs/RELIABILITY.md' };

/** The recipes that `just test` and `just check` run, themselves included. */
function tested(justfile) {
  const lines = [...justfile.matchAll(/^([a-z][\w-]*)(?: [^:\n]*)?:(?!=)([^\n]*)$/gm)];
  const needs = new Map(lines.map(([, name, rest]) => [name, rest.replace(/\([^)]*\)/g, ' ').split(/\s+/).filter(Boolean)]));
  const found = new Set();
  const visit = (name) => {
    if (found.has(name) || !needs.has(name)) return;
    found.add(name);
    needs.get(name).forEach(visit);
  };
  visit('test');
  visit('check');
  return found;
}

/** How many promises each section has; K begins at 0. */
const SECTIONS = { G: 4, H: 5, L: 5, B: 4, I: 3, W: 3, D: 4, K: 7, X: 5, Z: 4, N: 1 };

export const NUMBERS = Object.entries(SECTIONS).flatMap(([section, last]) =>
  Array.from({ length: section === 'K' ? last + 1 : last }, (_, index) => `${section}${section === 'K' ? index : index + 1}`),
);

/**
 * Reads the promises out of the page.
 * @returns {{number: string, state: string, text: string, tests: string[]}[]}
 */
export function parse(markdown) {
  const promises = [];
  for (const line of markdown.split('\n')) {
    const start = /^- \*\*(\w+)\*\* \(([^)]*)\)(.*)$/.exec(line);
    const test = /^ {2}- `([^`]+)`$/.exec(line);
    if (start) {
      promises.push({ number: start[1], state: start[2], text: start[3], tests: [] });
    } else if (promises.length > 0) {
      const promise = promises[promises.length - 1];
      if (test) promise.tests.push(test[1]);
      else if (/^ {2}\S/.test(line)) promise.text += ` ${line.trim()}`;
    }
  }
  return promises;
}

/**
 * Everything that is wrong with the page, a sentence each.
 * @param {string} markdown the page
 * @param {(path: string) => string | undefined} read the text of a file of the repository, undefined when there is none
 */
export function problems(markdown, read) {
  const promises = parse(markdown);
  const found = [];
  for (const number of NUMBERS) {
    const times = promises.filter((promise) => promise.number === number).length;
    if (times !== 1) found.push(`${number} is there ${times} times instead of once`);
  }
  for (const { number, state, text, tests } of promises) {
    if (!NUMBERS.includes(number)) found.push(`${number} is not the number of a promise`);
    if (state === 'kept' && tests.length === 0) found.push(`${number} is called kept, and no test shows it`);
    if (state === 'partly' && !text.includes('Missing:')) found.push(`${number} is called partly kept, and does not say what is missing`);
    if (state === 'not yet' && tests.length > 0) found.push(`${number} is called not kept yet, and names a test`);
    if (!['kept', 'partly', 'not yet'].includes(state)) found.push(`${number} is "${state}", which is none of kept, partly, not yet`);
    for (const test of tests) {
      const reason = missing(test, read, state);
      if (reason) found.push(`${number} names \`${test}\`: ${reason}`);
    }
  }
  return found;
}

/** Why a test that is named does not count, or undefined when it does. */
function missing(test, read, state) {
  const [, recipe] = /^just ([\w-]+)$/.exec(test) ?? [];
  if (recipe) {
    const justfile = read('justfile') ?? '';
    if (!new RegExp(`^${recipe}( [^:]*)?:`, 'm').test(justfile)) return 'the justfile has no such recipe';
    if (state !== 'kept' || tested(justfile).has(recipe)) return undefined;
    const record = RECORDS[recipe] ?? `docs/records/${recipe}.md`;
    return /\b20\d\d-\d\d-\d\d(?!\d)/.test(read(record) ?? '') ? undefined : `neither \`just test\` nor \`just check\` runs it, and ${record} has no dated run`;
  }
  const [path, name, ...more] = test.split('::');
  if (name === undefined || more.length > 0) return 'expected path::name or `just recipe`';
  const source = read(path);
  if (source === undefined) return 'there is no such file';
  if (path.endsWith('.rs')) return missingInRust(name, source);
  return path.endsWith('.py') ? missingInPython(name, source) : missingInTypeScript(name, source);
}

function missingInPython(name, source) {
  const lines = source.split('\n');
  const at = lines.findIndex((line) => new RegExp(`^def ${escape(name)}\\(`).test(line));
  if (at < 0) return 'the file has no such function';
  if (!name.startsWith('test_')) return 'the function is not a test';
  // Its decorators reach up to the empty line before it.
  const decorators = lines.slice(lines.lastIndexOf('', at) + 1, at).join('\n');
  return /@pytest\.mark\.(skip|skipif|xfail)\b/.test(decorators) ? 'the test is skipped' : undefined;
}

function missingInRust(name, source) {
  const lines = source.split('\n');
  const at = lines.findIndex((line) => new RegExp(`^\\s*(pub )?(async )?fn ${escape(name)}\\s*[(<]`).test(line));
  if (at < 0) return 'the file has no such function';
  // Its attributes and comments reach up to the end of what stands before it.
  let first = at;
  while (first > 0 && !/(^\s*|[{};])$/.test(lines[first - 1])) first -= 1;
  const attributes = lines.slice(first, at).filter((line) => !/^\s*\/\//.test(line)).join('\n');
  if (!/#\[([\w:]+::)?test\b/.test(attributes)) return 'the function is not a test';
  return /#\[ignore\b/.test(attributes) ? 'the test is ignored' : undefined;
}

function missingInTypeScript(name, source) {
  const call = new RegExp(`\\b(test|it)(\\.\\w+)*\\(\\s*(['"\`])${escape(name)}\\3`).exec(source);
  if (!call) return 'the file has no test of that title';
  return /\.(skip|todo|fixme|fails?)\b/.test(call[0]) ? 'the test is skipped' : undefined;
}

const escape = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
