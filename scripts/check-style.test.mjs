// The check of imports and lines must find what is wrong, and mend it without changing the rest: `node --test scripts/check-style.test.mjs`.
import assert from 'node:assert/strict';
import test from 'node:test';
import { imports, orderImports, widths, wrapComments } from './check-style.mjs';

const mixed = `//! A module.

mod child;

use crate::a::A;
use super::b;
use std::fmt;
#[cfg(unix)]
use std::os::unix;

use serde::Serialize;
use tokio::{
    sync::Notify,
};
use child::C;
pub use child::D;

fn f() {}
`;
const ordered = `//! A module.

mod child;

use std::fmt;
#[cfg(unix)]
use std::os::unix;

use serde::Serialize;
use tokio::{
    sync::Notify,
};

use crate::a::A;
use super::b;
use child::C;
pub use child::D;

fn f() {}
`;

test('finds imports out of order and puts them in order', () => {
  assert.deepEqual(
    imports(mixed).map(({ line }) => line),
    [7, 15],
  );
  assert.equal(orderImports(mixed), ordered);
  assert.deepEqual(imports(ordered), []);
  assert.equal(orderImports(ordered), ordered);
});

test('wants one blank line between groups and none inside', () => {
  const two = (between) => `use std::fmt;${between}use serde::A;\n`;
  assert.equal(imports(two('\n')).length, 1);
  assert.equal(imports(two('\n\n')).length, 0);
  assert.equal(imports(two('\n\n\n')).length, 1);
  assert.equal(imports('use std::fmt;\n\nuse std::io;\n').length, 1);
});

test('leaves imports of nested modules and re-exports to themselves', () => {
  const text = 'use std::a;\npub use crate::b;\nuse crate::c;\n\nmod tests {\n    use super::*;\n}\n';
  assert.deepEqual(imports(text), []);
  assert.equal(orderImports(text), text);
});

const words = (count) => Array.from({ length: count }, (_, index) => `word${index}`).join(' ');

test('wraps a paragraph of a comment, with its indentation and item', () => {
  for (const [lead, rest] of [
    ['/// ', '/// '],
    ['    //! ', '    //! '],
    ['// - ', '//   '],
    ['/// 1. ', '///    '],
  ]) {
    const wrapped = wrapComments(`${lead}${words(40)}\n${rest}and its second line.\n`).split('\n');
    assert.ok(wrapped.length > 3 && wrapped[0].startsWith(lead), wrapped[0]);
    assert.ok(wrapped.slice(1, -1).every((line) => line.startsWith(rest) && line.length <= 120));
    assert.equal(
      wrapped.join(' ').replace(/[\s/!]+/g, ' ').replace(/^ (- |1\. )?/, '').trim(),
      `${words(40)} and its second line.`,
    );
    assert.deepEqual(widths(wrapped.join('\n')), []);
  }
});

test('leaves what follows a paragraph, and what cannot be broken', () => {
  const long = `/// ${words(40)}\n`;
  for (const next of ['///\n/// Another paragraph.\n', '/// - an item\n', '/// # Errors\n', '/// | a | table |\n', 'fn f() {}\n']) {
    assert.ok(wrapComments(long + next).endsWith(next), next);
  }
  for (const kept of [`// https://${'x'.repeat(130)}\n`, `/// | ${words(40)} |\n`, '/// ```\n/// ' + words(40) + '\n/// ```\n']) {
    assert.equal(wrapComments(kept), kept);
  }
});

test('counts columns outside of texts only', () => {
  assert.equal(widths(`let a = ${'b + '.repeat(40)}c;\n`).length, 1);
  assert.equal(widths(`let a = "${words(40)}";\n`).length, 0);
  assert.equal(widths(`let a = "\n${words(40)}\n";\n`).length, 0);
  assert.equal(widths(`let a = 1; // "${words(40)}"\n`).length, 1);
  assert.equal(widths(`// ${'ä'.repeat(100)} ä\n`).length, 0);
});
