// What a tar archive holds, and what an ELF program needs to be started.
import { execFileSync } from 'node:child_process';
import { inflateSync } from 'node:zlib';

const BITS = { r: 4, w: 2, x: 1, s: 1, t: 1 };

/**
 * The entries of an archive, as GNU and BSD tar list them.
 * @returns {{path: string, mode: number, owner: string, size: number, directory: boolean, link: boolean}[]} owner as numbers: 0/0
 */
export function entries(archive) {
  const text = execFileSync('tar', ['--list', '--verbose', '--numeric-owner', '--file', archive], { encoding: 'utf8', maxBuffer: 1 << 28, env: { ...process.env, LC_ALL: 'C' } });
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [, kind, bits, owner, size, path] = /^(.)(\S{9})\S* +(\d+\/\d+) +(\S+) +\S+ +\S+ (.*?)( -> .*| link to .*)?$/.exec(line) ?? raise(line);
      const mode = [0, 3, 6].reduce((sum, at) => sum * 8 + [...bits.slice(at, at + 3)].reduce((digit, bit) => digit + (BITS[bit] ?? 0), 0), 0);
      return { path: path.replace(/^\.\//, '').replace(/\/$/, ''), mode, owner, size: Number(size) || 0, directory: kind === 'd', link: kind === 'l' || kind === 'h' };
    });
}

function raise(line) {
  throw new Error(`tar lists "${line}", which is not understood`);
}

/** The bytes of one file of an archive. */
export const member = (archive, path) => execFileSync('tar', ['--extract', '--to-stdout', '--file', archive, path], { maxBuffer: 1 << 28 });

const PROGRAM_INTERPRETER = 3;

/** The dynamic linker that a 64-bit little-endian ELF program asks for; undefined for one that is static. */
export function interpreter(elf) {
  if (elf.subarray(0, 4).toString('latin1') !== '\x7fELF' || elf[4] !== 2 || elf[5] !== 1) throw new Error('no 64-bit little-endian ELF program');
  const [offset, size, count] = [Number(elf.readBigUInt64LE(0x20)), elf.readUInt16LE(0x36), elf.readUInt16LE(0x38)];
  for (let header = offset; header < offset + size * count; header += size) {
    if (elf.readUInt32LE(header) !== PROGRAM_INTERPRETER) continue;
    const [start, length] = [Number(elf.readBigUInt64LE(header + 8)), Number(elf.readBigUInt64LE(header + 32))];
    return elf.subarray(start, start + length - 1).toString('latin1');
  }
  return undefined;
}

/**
 * The crates of which a program was linked, as `cargo auditable` writes them into it: JSON, compressed, in a section of its own.
 * @returns {{name: string, version: string}[]} without crates that only ran during the build
 */
export function audited(elf) {
  const [offset, size, count, names] = [Number(elf.readBigUInt64LE(0x28)), elf.readUInt16LE(0x3a), elf.readUInt16LE(0x3c), elf.readUInt16LE(0x3e)];
  const section = (index) => {
    const header = offset + size * index;
    const start = Number(elf.readBigUInt64LE(header + 0x18));
    return { name: elf.readUInt32LE(header), content: elf.subarray(start, start + Number(elf.readBigUInt64LE(header + 0x20))) };
  };
  const table = section(names).content;
  for (let index = 0; index < count; index += 1) {
    const { name, content } = section(index);
    if (table.subarray(name, table.indexOf(0, name)).toString('latin1') === '.dep-v0') return JSON.parse(inflateSync(content)).packages.filter(({ kind }) => kind !== 'build');
  }
  throw new Error('the program names no crates: it was not built with cargo auditable');
}
