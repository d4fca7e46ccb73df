// `just check-style`: what rustfmt leaves alone on stable Rust. `node scripts/check-style.mjs --fix` mends it; run `cargo fmt --all` afterwards.
//
// 1. Imports: the standard library, then other crates, then this crate (`crate`, `super`, `self` and modules declared in the file), with one blank line between
//    the groups and none inside. Re-exports (`pub use`) form runs of their own.
// 2. Lines have at most 120 columns, except for texts (string literals), which cannot be wrapped.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TOKEN } from './check-modules.mjs';

const WIDTH = 120;

/** A `use` declaration at the beginning of a line, with its attributes: where it begins and ends, its visibility and its group. */
function declarations(lines) {
  const own = new Set(['crate', 'super', 'self', '$crate']);
  for (const line of lines) {
    const module = /^\s*(?:pub(?:\([^)]*\))?\s+)?mod\s+(\w+)/.exec(line);
    if (module) own.add(module[1]);
  }
  const found = [];
  for (let at = 0; at < lines.length; at += 1) {
    const start = /^(\s*)(pub(?:\([^)]*\))?\s+)?use\s+(?:::)?(\w+)/.exec(lines[at]);
    if (!start) continue;
    let end = at;
    while (end < lines.length - 1 && !lines[end].includes(';')) end += 1;
    let begin = at;
    while (begin > 0 && /^\s*#\[/.test(lines[begin - 1])) begin -= 1;
    const [, indent, visible, first] = start;
    const group = ['std', 'core', 'alloc'].includes(first) ? 0 : own.has(first) ? 2 : 1;
    found.push({ begin, end, indent, visible: Boolean(visible), group });
    at = end;
  }
  return found;
}

/** Runs of declarations of one visibility and indentation with nothing but blank lines between them. */
function runs(lines) {
  const result = [];
  for (const declaration of declarations(lines)) {
    const run = result.at(-1);
    const last = run?.at(-1);
    const joins =
      last &&
      last.indent === declaration.indent &&
      last.visible === declaration.visible &&
      lines.slice(last.end + 1, declaration.begin).every((line) => line.trim() === '');
    if (joins) run.push(declaration);
    else result.push([declaration]);
  }
  return result;
}

/** The problems with the imports of a file. */
export function imports(text) {
  const lines = text.split('\n');
  const problems = [];
  for (const run of runs(lines)) {
    for (let at = 1; at < run.length; at += 1) {
      const [before, after] = [run[at - 1], run[at]];
      const blank = after.begin - before.end - 1;
      const line = after.begin + 1;
      if (after.group < before.group) problems.push({ line, text: 'imports: the standard library, other crates, this crate' });
      else if (after.group === before.group && blank > 0) problems.push({ line, text: 'imports: a blank line inside a group' });
      else if (after.group > before.group && blank !== 1) problems.push({ line, text: 'imports: one blank line between groups' });
    }
  }
  return problems;
}

/** The text with its imports in order. */
export function orderImports(text) {
  const lines = text.split('\n');
  for (const run of runs(lines).reverse()) {
    if (run.length < 2) continue;
    const groups = [0, 1, 2]
      .map((group) => run.filter((one) => one.group === group).flatMap(({ begin, end }) => lines.slice(begin, end + 1)))
      .filter((group) => group.length > 0);
    const ordered = groups.flatMap((group, at) => (at === 0 ? group : ['', ...group]));
    lines.splice(run[0].begin, run.at(-1).end + 1 - run[0].begin, ...ordered);
  }
  return lines.join('\n');
}

const COMMENT = /^(\s*)(\/\/[/!]?)( ?)(.*)$/;
const columns = (line) => [...line].length;

/** The numbers of the lines that have a string literal, or a part of one. */
function linesOfStrings(text) {
  const found = new Set();
  let line = 1;
  let at = 0;
  for (const token of text.matchAll(TOKEN)) {
    line += text.slice(at, token.index).split('\n').length - 1;
    const last = line + token[0].split('\n').length - 1;
    if (!token[0].startsWith('/')) for (let number = line; number <= last; number += 1) found.add(number);
    line = last;
    at = token.index + token[0].length;
  }
  return found;
}

/** The problems with the lengths of lines. */
export function widths(text) {
  const strings = linesOfStrings(text);
  return text
    .split('\n')
    .map((content, at) => ({ line: at + 1, content }))
    .filter(({ line, content }) => columns(content) > WIDTH && !strings.has(line) && !isUnbreakable(content))
    .map(({ line, content }) => ({ line, text: `${columns(content)} columns, at most ${WIDTH}` }));
}

/** A table, a link or another comment without a place to break it. */
function isUnbreakable(line) {
  const comment = COMMENT.exec(line);
  return Boolean(comment) && (comment[4].startsWith('|') || !comment[4].trim().includes(' '));
}

/** The text with its comments wrapped: a paragraph from its first line that is too long on. */
export function wrapComments(text) {
  const lines = text.split('\n');
  const out = [];
  let fenced = false;
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at];
    const comment = COMMENT.exec(line);
    if (comment && comment[4].trimStart().startsWith('```')) fenced = !fenced;
    if (!comment) fenced = false;
    if (!comment || fenced || columns(line) <= WIDTH || isUnbreakable(line)) {
      out.push(line);
      continue;
    }
    const [, indent, mark, space, content] = comment;
    const bullet = /^(\s*)([-*]|\d+\.)\s+/.exec(content);
    const hanging = bullet ? ' '.repeat(bullet[0].length) : /^\s*/.exec(content)[0];
    const words = content.trim().split(/\s+/);
    // The paragraph goes on where the next line is neither blank nor an item, a heading, a table or a fence.
    while (at + 1 < lines.length) {
      const next = COMMENT.exec(lines[at + 1]);
      const goesOn =
        next &&
        next[1] === indent &&
        next[2] === mark &&
        next[4].trim() !== '' &&
        !/^\s*([-*]\s|\d+\.\s|#|\||```)/.test(next[4]) &&
        (!bullet || /^\s/.test(next[4]) || next[4].startsWith(hanging));
      if (!goesOn) break;
      words.push(...next[4].trim().split(/\s+/));
      at += 1;
    }
    const lead = `${indent}${mark}${space}`;
    let current = lead + (bullet ? bullet[1] : hanging);
    let empty = true;
    for (const word of words) {
      if (!empty && columns(`${current} ${word}`) > WIDTH) {
        out.push(current);
        current = lead + hanging + word;
      } else current += empty ? word : ` ${word}`;
      empty = false;
    }
    out.push(current);
  }
  return out.join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', 'crates/*.rs'], { cwd: root, encoding: 'utf8' });
  // Written by diesel.
  const files = listed.split('\n').filter((path) => path && !path.endsWith('/schema.rs'));
  let problems = 0;
  for (const path of files) {
    const file = join(root, path);
    const before = readFileSync(file, 'utf8');
    const text = process.argv.includes('--fix') ? wrapComments(orderImports(before)) : before;
    if (text !== before) writeFileSync(file, text);
    for (const problem of [...imports(text), ...widths(text)]) {
      problems += 1;
      console.log(`${path}:${problem.line}: ${problem.text}`);
    }
  }
  if (problems > 0) console.log(`${problems} problems; \`node scripts/check-style.mjs --fix\` and \`cargo fmt --all\` mend most of them`);
  process.exitCode = problems > 0 ? 1 : 0;
}
