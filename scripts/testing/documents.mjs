// The blocks of commands in the documents that are marked for a test, such as ```sh test=backup, and a shell that runs them as they stand.
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { account, afterwards, repository } from './postgres.mjs';

/** All marked blocks of a document, in their order. An indented one belongs to a list, and loses the indentation. */
export function blocks(path) {
  const lines = readFileSync(join(repository, path), 'utf8').split('\n');
  const found = [];
  for (let at = 0; at < lines.length; at += 1) {
    const start = /^( *)```(\S+)(.*)$/.exec(lines[at]);
    if (!start) continue;
    const [, indentation, language, rest] = start;
    const end = lines.indexOf(`${indentation}\`\`\``, at + 1);
    if (end < 0) throw new Error(`${path}:${at + 1}: the block has no end`);
    const test = / test=([\w-]+)$/.exec(rest)?.[1];
    if (rest.trim() !== '' && !test) throw new Error(`${path}:${at + 1}: "${rest.trim()}" is not understood`);
    if (test) found.push({ test, language, line: at + 1, text: lines.slice(at + 1, end).map((line) => line.slice(indentation.length)).join('\n') + '\n' });
    at = end;
  }
  return found;
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
