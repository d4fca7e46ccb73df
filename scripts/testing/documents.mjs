// The blocks of the documents and what becomes of them, and a shell that runs them as they stand.
//
// A block of commands, of SQL or of another program's configuration says in its first line which test runs it (```sh test=backup) or why none does (```sh not-run=cluster).
// Values of the chart (```yaml in CHART_PAGES) need no mark: charts/tests/test_documents.py renders every one of them, and looks at those with a word of their own (```yaml role).
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { account, afterwards, repository } from './postgres.mjs';

/** Why a block is not run as it stands, and what is tested instead. */
export const NOT_RUN = {
  cluster: 'needs a Kubernetes cluster: charts/tests/test_documents.py renders its helm commands and looks for the objects that kubectl names; `just e2e-cluster` does the same steps on a cluster',
  engine: 'needs a Docker engine: scripts/image.test.mjs runs what the commands consist of (the image, Compose, the migrator)',
  swarm: 'needs a Swarm: `just e2e-swarm` deploys, updates and rolls back the same stack',
  root: 'changes the machine as root: scripts/packaging.test.mjs runs install.sh below a directory, and systemd-analyze reads the units',
  aws: "needs an account at AWS: scripts/check-ecs compares each command and file with AWS's own description of its interface",
  github: 'needs a published version: scripts/release.test.mjs runs the recipes with pretended tools',
  pgbouncer: 'needs PgBouncer 1.21: crates/server/tests/it/reliability/bouncer.rs has the same settings; `just reliability` measures it',
  platform: 'is for another system than the tests run on',
  tools: 'changes the checkout or installs tools: the recipes are what CI begins with',
};

/** Pages whose plain YAML is values of the chart. */
export const CHART_PAGES = ['docs/KUBERNETES.md', 'docs/DEPLOYMENT.md', 'charts/clockwork/README.md'];

/** Languages of blocks that a reader copies and runs. */
const RUN = ['sh', 'bash', 'sql', 'powershell', 'yaml', 'ini', 'nginx', 'caddy', 'toml'];

/**
 * All blocks of a document, in their order: the language, the words after it, and the test or the reason. An indented one belongs to a list, and loses the indentation.
 * @returns {{page: string, line: number, language: string, words: string, test?: string, reason?: string, text: string}[]}
 */
export function every(page, text = readFileSync(join(repository, page), 'utf8')) {
  const lines = text.split('\n');
  const found = [];
  for (let at = 0; at < lines.length; at += 1) {
    const start = /^( *)```(\S*)(.*)$/.exec(lines[at]);
    if (!start) continue;
    const [, indentation, language, rest] = start;
    const end = lines.indexOf(`${indentation}\`\`\``, at + 1);
    if (end < 0) throw new Error(`${page}:${at + 1}: the block has no end`);
    const words = rest.trim();
    found.push({
      page,
      line: at + 1,
      language,
      words,
      test: /^test=([\w-]+)$/.exec(words)?.[1],
      reason: /^not-run=([\w-]+)$/.exec(words)?.[1],
      text: lines.slice(at + 1, end).map((line) => line.slice(indentation.length)).join('\n') + '\n',
    });
    at = end;
  }
  return found;
}

/** The blocks of a document that a test runs. */
export const blocks = (page) => every(page).filter((block) => block.test !== undefined);

/** The blocks that say neither which test runs them nor why none does. */
export function unmarked(page, text) {
  const chart = (block) => block.language === 'yaml' && (block.words === '' ? CHART_PAGES.includes(page) : /^\w+$/.test(block.words));
  const marked = (block) => block.test !== undefined || block.reason in NOT_RUN;
  return every(page, text).filter((block) => RUN.includes(block.language) && !marked(block) && !chart(block));
}

/**
 * The rows of the first table below a heading, without its head: what the first column says, and then every code of the others.
 * @returns {string[][]}
 */
export function cells(path, heading) {
  const text = readFileSync(join(repository, path), 'utf8');
  const [, table] = new RegExp(`^#+ ${heading}\n(?:(?!\\|).*\n)*((?:\\|.*\n)+)`, 'm').exec(text) ?? [];
  if (!table) throw new Error(`${path}: no table below "${heading}"`);
  return table
    .trim()
    .split('\n')
    .slice(2)
    .map((row) => row.replaceAll('\\|', '\0').split('|').slice(1, -1).map((cell) => cell.replaceAll('\0', '|').trim()))
    .map(([what, ...others]) => [what, ...others.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code))]);
}

/**
 * One bash for several blocks, so that what one sets the next one has. It stops at the first command that fails.
 * It runs as the account that runs PostgreSQL.
 */
export function shell(t, directory, environment) {
  const child = spawn('bash', ['--noprofile', '--norc', '-euo', 'pipefail'], { ...account(), cwd: directory, env: environment, stdio: ['pipe', 'pipe', 'pipe'] });
  afterwards(t, () => {
    child.stdin.destroy();
    child.kill();
  });
  let output = '';
  let changed = () => {};
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => ((output += text), changed()));
  child.once('close', () => changed());
  child.stdin.on('error', () => {});
  let count = 0;
  /** Runs one block to its end and returns what it printed. */
  return async (block) => {
    count += 1;
    const script = join(directory, `block-${count}.sh`);
    writeFileSync(script, block.language === 'sql' ? `psql "$DATABASE_URL" --set ON_ERROR_STOP=1 <<'END OF BLOCK'\n${block.text}END OF BLOCK\n` : block.text, { mode: 0o644 });
    const mark = `<<< block ${count} is done >>>`;
    output = '';
    const done = new Promise((resolve, reject) => {
      changed = () => {
        if (output.includes(mark)) resolve(output.replace(mark, ''));
        else if (child.exitCode !== null || child.signalCode !== null) reject(new Error(`the block of line ${block.line} failed:\n${block.text}\n${output}`));
      };
    });
    child.stdin.write(`. ${script} </dev/null; echo '${mark}'\n`);
    return done;
  };
}
