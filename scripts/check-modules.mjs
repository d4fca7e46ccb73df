// `just check-modules`: sibling modules of a crate use each other in one direction only.
//
// The graph comes from the paths in the sources: `use` declarations and paths that begin with `crate`, `self` or `super`. Siblings are the modules of one
// parent; what a module inside one of them uses counts for it. A re-export counts as the module that it leads to. Tests (`#[cfg(test)]`) do not count.
//
// Without arguments all crates are checked. `--edges` prints the graph as well: `node scripts/check-modules.mjs --edges crates/core`.
import { readFileSync, readdirSync, existsSync } from "node:fs";
import { join, relative, dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** A comment, a string or a character. */
export const TOKEN =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|\bb?r(#*)"[\s\S]*?"\1|b?"(?:\\[\s\S]|[^"\\])*"|b?'(?:\\(?:x..|u\{[^}]*\}|.)|[^'\\])'/g;

/** Blanks comments, strings and characters, keeping every line break, so that only code is left. */
export function code(source) {
  return source.replace(TOKEN, (found) => found.replace(/[^\n]/g, ' '));
}

/** Blanks items under `#[cfg(test)]`. */
export function withoutTests(text) {
  let out = text;
  for (;;) {
    const found = /#\[cfg\((?:all\()?test\b[^\]]*\]/.exec(out);
    if (!found) return out;
    let at = found.index + found[0].length;
    let depth = 0;
    for (; at < out.length; at += 1) {
      if (out[at] === "{") depth += 1;
      else if (out[at] === "}") {
        depth -= 1;
        if (depth === 0) break;
      } else if (out[at] === ";" && depth === 0) break;
    }
    const blank = out.slice(found.index, at + 1).replace(/[^\n]/g, " ");
    out = out.slice(0, found.index) + blank + out.slice(at + 1);
  }
}

/** The paths of a `use` tree: `a::{b, c::{self, D as E}}` is `a::b`, `a::c`, `a::c::D`, each with the name it gets. */
export function useTree(tree) {
  const paths = [];
  let at = 0;
  const skip = () => {
    while (/\s/.test(tree[at] ?? "")) at += 1;
  };
  const parse = (prefix) => {
    let path = prefix;
    for (;;) {
      skip();
      if (tree.startsWith("::", at)) at += 2;
      skip();
      if (tree[at] === "{") {
        at += 1;
        for (;;) {
          skip();
          if (tree[at] === "}" || at >= tree.length) break;
          parse(path);
          skip();
          if (tree[at] === ",") at += 1;
        }
        at += 1;
        return;
      }
      const word = /^(?:r#)?[\w$]+|^\*/.exec(tree.slice(at));
      if (!word) return;
      at += word[0].length;
      path = word[0] === "self" && path.length > 0 ? path : [...path, word[0]];
      skip();
      if (tree.startsWith("::", at)) continue;
      let name = path.at(-1);
      const as = /^as\s+(\w+)/.exec(tree.slice(at));
      if (as) {
        name = as[1];
        at += as[0].length;
      }
      paths.push({ path, name });
      return;
    }
  };
  parse([]);
  return paths;
}

const lineOf = (text, at) => text.slice(0, at).split("\n").length;

/** All modules of the crate whose `lib.rs` (or `main.rs`) lies in `root`: name ("a::b", "" for the crate) to file and code. */
export function modules(root) {
  const found = new Map();
  const visit = (file, name, directory) => {
    const text = withoutTests(code(readFileSync(file, "utf8")));
    found.set(name, { file, text });
    for (const [, child] of text.matchAll(/^\s*(?:pub(?:\([^)]*\))?\s+)?mod\s+(\w+)\s*;/gm)) {
      const inside = join(directory, child);
      const path = existsSync(`${inside}.rs`) ? `${inside}.rs` : join(inside, "mod.rs");
      if (existsSync(path)) visit(path, name ? `${name}::${child}` : child, inside);
    }
  };
  const start = ["lib.rs", "main.rs"].map((file) => join(root, file)).find(existsSync);
  if (!start) throw new Error(`no crate in ${root}`);
  visit(start, "", root);
  return found;
}

/** What each module uses: `{ from, to, file, line }`, from and to being names of modules. */
export function uses(found) {
  const has = (segments) => found.has(segments.join("::"));
  const reexports = new Map();
  const absolute = (from, path) => {
    const own = from === "" ? [] : from.split("::");
    let segments = [...path];
    if (segments[0] === "crate" || segments[0] === "$crate") return segments.slice(1);
    if (segments[0] === "self") return [...own, ...segments.slice(1)];
    if (segments[0] === "super") {
      let base = own;
      while (segments[0] === "super") {
        base = base.slice(0, -1);
        segments = segments.slice(1);
      }
      return [...base, ...segments];
    }
    return has([...own, segments[0]]) ? [...own, ...segments] : undefined;
  };
  /** The module that defines what the path names, looking through re-exports. */
  const target = (segments, depth = 0) => {
    let length = segments.length;
    while (length > 0 && !has(segments.slice(0, length))) length -= 1;
    const name = segments.slice(0, length).join("::");
    const item = segments[length];
    const real = item === undefined ? undefined : reexports.get(name)?.get(item);
    return real && depth < 8 ? target([...real, ...segments.slice(length + 1)], depth + 1) : name;
  };
  const statements = [];
  for (const [from, { file, text }] of found) {
    const rest = text.replace(/\b(pub(?:\([^)]*\))?\s+)?use\s+([^;]+);/g, (statement, visible, tree, at) => {
      for (const { path, name } of useTree(tree)) {
        const segments = absolute(from, path);
        if (!segments) continue;
        statements.push({ from, segments, file, line: lineOf(text, at + statement.indexOf(tree)) });
        if (visible) {
          if (!reexports.has(from)) reexports.set(from, new Map());
          if (name !== "*") reexports.get(from).set(name, segments);
        }
      }
      return statement.replace(/[^\n]/g, " ");
    });
    for (const path of rest.matchAll(/(?<![\w:])(?:\$?crate|super|self)(?:\s*::\s*\w+)+/g)) {
      const segments = absolute(from, path[0].split("::").map((part) => part.trim()));
      if (segments) statements.push({ from, segments, file, line: lineOf(rest, path.index) });
    }
  }
  return statements.map(({ from, segments, file, line }) => ({ from, to: target(segments), file, line }));
}

/** The groups of nodes that can reach each other, of two nodes or more (Tarjan). */
export function cycles(edges) {
  const after = new Map();
  for (const [from, to] of edges) {
    if (!after.has(from)) after.set(from, new Set());
    if (!after.has(to)) after.set(to, new Set());
    after.get(from).add(to);
  }
  const index = new Map();
  const low = new Map();
  const stack = [];
  const groups = [];
  const visit = (node) => {
    index.set(node, index.size);
    low.set(node, index.get(node));
    stack.push(node);
    for (const next of after.get(node)) {
      if (!index.has(next)) {
        visit(next);
        low.set(node, Math.min(low.get(node), low.get(next)));
      } else if (stack.includes(next)) low.set(node, Math.min(low.get(node), index.get(next)));
    }
    if (low.get(node) === index.get(node)) {
      const group = stack.splice(stack.indexOf(node));
      if (group.length > 1) groups.push(group.sort());
    }
  };
  for (const node of after.keys()) if (!index.has(node)) visit(node);
  return groups;
}

/** For each module that has children: the edges between its children, each with the places that make it. */
export function levels(found, used) {
  const result = new Map([...found.keys()].map((name) => [name, new Map()]));
  for (const { from, to, file, line } of used) {
    if (from === "" || to === "") continue;
    const a = from.split("::");
    const b = to.split("::");
    let common = 0;
    while (common < a.length && common < b.length && a[common] === b[common]) common += 1;
    if (common === a.length || common === b.length) continue;
    const level = result.get(a.slice(0, common).join("::"));
    const edge = `${a[common]} -> ${b[common]}`;
    if (!level.has(edge)) level.set(edge, []);
    level.get(edge).push(`${file}:${line}`);
  }
  return result;
}

/** Reports on one crate; true if no modules of it use each other in a cycle. */
export function report(root, { edges: all = false, print = console.log } = {}) {
  const found = modules(root);
  const graph = levels(found, uses(found));
  let fine = true;
  for (const [level, edges] of [...graph].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const pairs = [...edges.keys()].map((edge) => edge.split(" -> "));
    if (all && pairs.length > 0) {
      print(`${level || "top level"}:`);
      for (const edge of [...edges.keys()].sort()) print(`  ${edge}  (${edges.get(edge).length})`);
    }
    for (const group of cycles(pairs)) {
      fine = false;
      print(`${relative(process.cwd(), root)}: ${group.length} modules ${level ? `of ${level} ` : ""}use each other in a cycle: ${group.join(", ")}`);
      for (const [from, to] of pairs.filter(([a, b]) => group.includes(a) && group.includes(b)).sort()) {
        print(`  ${from} -> ${to}`);
        for (const place of edges.get(`${from} -> ${to}`)) print(`    ${relative(process.cwd(), place)}`);
      }
    }
  }
  const counted = [...found.keys()].length;
  if (fine) print(`${relative(process.cwd(), root)}: ${counted} modules, no cycle`);
  return fine;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const here = dirname(dirname(fileURLToPath(import.meta.url)));
  const options = process.argv.slice(2);
  const named = options.filter((option) => !option.startsWith("--"));
  const crates = named.length > 0 ? named : readdirSync(join(here, "crates")).map((name) => join(here, "crates", name));
  const results = crates.map((path) => report(join(path, "src"), { edges: options.includes("--edges") }));
  process.exitCode = results.every(Boolean) ? 0 : 1;
}
