// A PostgreSQL of a test's own, with settings that devdb's shared one must not have: WAL archives, standbys, its own configuration file. And one that
// the journeys of a worker share.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, appendFileSync, realpathSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('../..', import.meta.url));

/** The user and group that run PostgreSQL, which refuses to be root's: nothing when we are not root. */
export function account() {
  if (process.getuid() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const ids = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }));
    if (ids.every(({ status }) => status === 0)) return { uid: Number(ids[0].stdout), gid: Number(ids[1].stdout) };
  }
  throw new Error('root needs the user postgres or nobody to run PostgreSQL as');
}

/** A port of 127.0.0.1 that was free a moment ago. */
export async function freePort() {
  const server = createServer();
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const undone = new WeakMap();

/** Like `t.after`, but what was begun last is undone first. */
export function afterwards(t, undo) {
  if (!undone.has(t)) {
    undone.set(t, []);
    t.after(async () => {
      for (const step of undone.get(t).reverse()) await step();
    });
  }
  undone.get(t).push(undo);
}

/** A directory that PostgreSQL's account may use, gone after the test. */
export function workplace(t) {
  const directory = mkdtempSync(join(tmpdir(), 'clockwork-ops-'));
  chmodSync(directory, 0o755);
  const { uid, gid } = account();
  if (uid !== undefined) chownSync(directory, uid, gid);
  afterwards(t, () => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

let template;

// The first test makes a cluster, the others copy it.
function initialise(run, data) {
  if (template === undefined) {
    // Letter case beyond ASCII as in production; macOS has no C.UTF-8.
    const locale = process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8';
    run('initdb', '--pgdata', data, '--username=postgres', '--auth=trust', '--encoding=UTF8', `--locale=${locale}`, '--no-sync');
    template = mkdtempSync(join(tmpdir(), 'clockwork-ops-template-'));
    process.once('exit', () => rmSync(template, { recursive: true, force: true }));
    execFileSync('cp', ['-a', data, template]);
  } else {
    execFileSync('cp', ['-a', join(template, 'data'), data]);
  }
}

/**
 * Starts a server with a superuser `postgres` and a database `clockwork` of the role `clockwork`.
 * It is stopped after the test, even if its directory is gone or another process has restarted it.
 */
export async function postgres(t, directory) {
  // A link to the server may stand where the other programs do not.
  const bin = dirname(realpathSync(join(execFileSync(join(repository, 'scripts/need'), ['--postgres'], { encoding: 'utf8' }).trim(), 'postgres')));
  const environment = { PATH: `${bin}:${process.env.PATH}`, LC_ALL: 'C.UTF-8', HOME: directory, TMPDIR: directory };
  const run = (program, ...args) => execFileSync(join(bin, program), args, { ...account(), cwd: directory, env: environment, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
  const data = join(directory, 'data');
  const port = await freePort();
  initialise(run, data);
  appendFileSync(join(data, 'postgresql.conf'), `listen_addresses = '127.0.0.1'\nport = ${port}\nunix_socket_directories = ''\nfsync = off\nmax_connections = 50\n`);
  const stop = () => spawnSync(join(bin, 'pg_ctl'), ['stop', '--pgdata', data, '--mode=immediate', '--wait', '--silent'], { ...account(), env: environment });
  afterwards(t, stop);
  run('pg_ctl', 'start', '--pgdata', data, '--wait', '--silent', '--log', `${data}.log`);
  const url = (user, database, at = port) => `postgres://${user}@127.0.0.1:${at}/${database}`;
  const psql = (text, database = url('postgres', 'postgres')) =>
    run('psql', '--no-psqlrc', '--quiet', '--tuples-only', '--no-align', '--set=ON_ERROR_STOP=1', '--dbname', database, '--command', text).trim();
  psql('CREATE ROLE clockwork LOGIN CREATEDB');
  psql('CREATE DATABASE clockwork OWNER clockwork');
  return { bin, data, environment, port, psql, run, url };
}

/** Makes a directory for PostgreSQL's account. */
export function folder(...parts) {
  const path = join(...parts);
  mkdirSync(path);
  const { uid, gid } = account();
  if (uid !== undefined) chownSync(path, uid, gid);
  return path;
}
