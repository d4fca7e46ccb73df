// `just check-promises`: says what is wrong with docs/PROMISES.md, and fails if anything is.
import { readFileSync } from 'node:fs';
import { parse, problems } from './promises.mjs';

const root = new URL('../', import.meta.url);
const read = (path) => {
  try {
    return readFileSync(new URL(path, root), 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
};

const page = readFileSync(new URL('docs/PROMISES.md', root), 'utf8');
const found = problems(page, read);
for (const problem of found) console.error(`docs/PROMISES.md: ${problem}`);
const promises = parse(page);
const count = (state) => promises.filter((promise) => promise.state === state).length;
console.log(`promises: ${count('kept')} kept, ${count('partly')} partly, ${count('not yet')} not yet`);
process.exitCode = found.length === 0 ? 0 : 1;
