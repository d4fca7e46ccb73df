// The check of the module graph must find cycles, and nothing else: `node --test scripts/check-modules.test.mjs`.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { code, cycles, report, useTree, withoutTests } from './check-modules.mjs';

/** The lines that the check prints for a crate of these files, and whether it passes. */
function checked(files) {
  const root = mkdtempSync(join(tmpdir(), 'modules-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    const lines = [];
    const passes = report(root, { print: (line) => lines.push(line) });
    return { passes, text: lines.join('\n') };
  } finally {
    rmSync(root, { recursive: true });
  }
}

const LIB = 'pub mod a;\nmod b;\npub(crate) mod c;\n';

test('passes a crate whose modules use each other in one direction', () => {
  const { passes, text } = checked({
    'lib.rs': LIB,
    'a.rs': 'use crate::b::{self, B};\nuse super::c::C;\n',
    'b.rs': 'fn f() -> crate::c::C { super::c::C }\n',
    'c.rs': 'pub struct C;\n',
  });
  assert.ok(passes, text);
  assert.match(text, /4 modules, no cycle$/);
});

const found = {
  'two modules that use each other': { 'a.rs': 'use crate::b::B;\n', 'b.rs': 'use crate::a::A;\n', 'c.rs': '' },
  'three of them, in braces': { 'a.rs': 'use crate::{b::B, c::C as D};\n', 'b.rs': 'use crate::c;\n', 'c.rs': 'use crate::{\n    a::{A},\n};\n' },
  'a path without a use': { 'a.rs': 'use crate::b;\n', 'b.rs': 'pub fn f() { super::a::f(); }\n', 'c.rs': '' },
  'a path in a macro and an attribute': { 'a.rs': 'use crate::b;\n', 'b.rs': 'macro_rules! m { () => { $crate::a::f() } }\n', 'c.rs': '' },
  'a module inside another one': { 'a/mod.rs': 'mod inner;\n', 'a/inner.rs': 'use crate::b;\n', 'b.rs': 'use crate::a::A;\n', 'c.rs': '' },
  'a re-export of the crate': { 'lib.rs': `${LIB}pub use a::A;\n`, 'a.rs': 'use crate::b;\n', 'b.rs': 'use crate::A;\n', 'c.rs': '' },
  'a re-export of a module': { 'a.rs': 'use crate::b;\n', 'b.rs': 'use crate::c::A;\n', 'c.rs': 'pub use crate::a::A;\n' },
};
for (const [name, files] of Object.entries(found)) {
  test(`finds ${name}`, () => {
    const { passes, text } = checked({ 'lib.rs': LIB, ...files });
    assert.ok(!passes);
    assert.match(text, /modules use each other in a cycle: a, b/);
    assert.match(text, /b -> [ac]\n {4}\S*b\.rs:\d+/);
  });
}

test('finds a cycle among the modules of a module, and not between a module and its parent', () => {
  const inner = (x) => ({ 'lib.rs': 'mod a;\n', 'a/mod.rs': 'mod x;\nmod y;\npub use x::X;\nstruct Own;\n', 'a/x.rs': x, 'a/y.rs': 'use super::X;\nuse super::Own;\n' });
  assert.ok(checked(inner('use super::Own;\n')).passes);
  assert.match(checked(inner('use super::y::Y;\n')).text, /2 modules of a use each other in a cycle: x, y/);
});

test('does not read comments, texts and tests', () => {
  const { passes, text } = checked({
    'lib.rs': LIB,
    'a.rs': 'use crate::b::B;\n',
    'b.rs': '//! See [`crate::a`].\n/* crate::a */ const T: &str = "crate::a \\" crate::a"; const R: &str = r#"crate::a "#;\n#[cfg(test)]\nmod tests {\n    use crate::a::A;\n    fn f() { }\n}\n#[cfg(test)]\nuse crate::a;\n',
    'c.rs': "fn f<'a>(c: char) -> bool { c == '\"' }\nuse crate::b;\n",
  });
  assert.ok(passes, text);
});

test('reads the trees of use declarations', () => {
  const paths = (tree) => useTree(tree).map(({ path, name }) => `${path.join('::')} ${name}`);
  assert.deepEqual(paths('a::{self, b as c, d::{e, *}}, '), ['a a', 'a::b c', 'a::d::e e', 'a::d::* *']);
  assert.deepEqual(paths('crate::a::B'), ['crate::a::B B']);
});

test('keeps the numbers of lines', () => {
  assert.equal(code('/* a\nb */ x').split('\n').length, 2);
  assert.equal(withoutTests('#[cfg(test)]\nmod t {\n}\nx').split('\n').length, 4);
});

test('finds groups, not single nodes', () => {
  assert.deepEqual(cycles([['a', 'b'], ['b', 'c'], ['c', 'a'], ['c', 'd']]), [['a', 'b', 'c']]);
  assert.deepEqual(cycles([['a', 'b'], ['b', 'c'], ['a', 'c']]), []);
});
