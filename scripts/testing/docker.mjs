// Docker for tests: whether there is an engine that can build, and containers that are gone afterwards, whatever happens.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { repository } from './postgres.mjs';

/** What everything of this run is called by, and found again when it is to go. */
export const run = `clockwork-test-${randomBytes(4).toString('hex')}`;
export const LABEL = `clockwork-test=${run}`;

/** The images that docker/Dockerfile begins with; the last is the one that the image is put on. */
function baseImages() {
  const text = readFileSync(join(repository, 'docker/Dockerfile'), 'utf8');
  const versions = Object.fromEntries([...text.matchAll(/^ARG (\w+)=(\S+)$/gm)].map(([, name, value]) => [name, value]));
  const stages = new Set([...text.matchAll(/^FROM .* AS (\w+)$/gm)].map(([, name]) => name));
  const images = [...text.matchAll(/^FROM (?:--\S+ )?(\S+)/gm)].map(([, image]) => image.replace(/\$\{(\w+)\}/g, (_, name) => versions[name]));
  return images.filter((image) => !stages.has(image));
}

/** What the image is put on. */
export const BASE = baseImages().at(-1);

/** The database that docker/compose.yaml has. */
export const POSTGRES = `postgres:${/postgres:\$\{POSTGRES_VERSION:-(\d+)\}/.exec(readFileSync(join(repository, 'docker/compose.yaml'), 'utf8'))[1]}`;

let client;
let daemon;

/**
 * Runs docker to its end.
 * @returns {{status: number | null, stdout: string, stderr: string, text: string}} text is both outputs
 */
export function docker(args, { input, timeout = 600_000, program = client, env } = {}) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', input: input ?? '', timeout, maxBuffer: 1 << 28, env: { ...process.env, DOCKER_BUILDKIT: '1', ...env } });
  return { status, stdout: stdout ?? '', stderr: stderr ?? '', text: `${stdout ?? ''}${stderr ?? ''}${error ?? ''}` };
}

/** The same, for what has to go well: what it printed. */
export function must(args, options) {
  const { status, stdout, text } = docker(args, options);
  if (status !== 0) throw new Error(`docker ${args.join(' ')} ended with ${status}:\n${text}`);
  return stdout.trim();
}

/** The same without waiting in the way of others: resolves to the same as `docker`. */
export const dockerAsync = (args, { program = client, env } = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, DOCKER_BUILDKIT: '1', ...env } });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
    child.once('error', reject).once('close', (status) => resolve({ status, stdout, stderr, text: stdout + stderr }));
  });

export async function mustAsync(args, options) {
  const { status, stdout, text } = await dockerAsync(args, options);
  if (status !== 0) throw new Error(`docker ${args.join(' ')} ended with ${status}:\n${text}`);
  return stdout.trim();
}

/** Runs commands of a document as they stand, in a directory, with the docker that is used here; what they printed. */
export const commands = (directory, text) =>
  new Promise((resolve, reject) => {
    const child = spawn('bash', ['--noprofile', '--norc', '-euo', 'pipefail', '-c', text], { cwd: directory, env: { ...process.env, PATH: `${dirname(client)}:${process.env.PATH}` }, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (more) => (stdout += more));
    child.stderr.setEncoding('utf8').on('data', (more) => (stderr += more));
    child.once('error', reject).once('close', (status) => (status === 0 ? resolve(stdout) : reject(new Error(`${text}\nended with ${status}:\n${stdout}${stderr}`))));
  });

const executable = (path) => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};
const onPath = (name) => [...new Set((process.env.PATH ?? '').split(delimiter))].map((place) => join(place, name)).filter(executable);

/**
 * Why no image can be tested here, or undefined when one can: an engine answers or could be started, it has BuildKit, and the images that are
 * needed are there or can be pulled. An engine that was started is stopped at the end, and at once where no image can be tested.
 * @param {boolean} built whether the image is there already
 */
export async function whyNot(built) {
  const reason = await missing(built);
  if (reason !== undefined) tidy();
  return reason;
}

async function missing(built) {
  const clients = onPath('docker');
  if (clients.length === 0) return 'there is no docker';
  const answers = (program) => docker(['info', '--format', '{{.ServerVersion}}'], { program, timeout: 30_000 }).status === 0;
  let answering = clients.filter(answers);
  if (answering.length === 0) {
    const [program] = onPath('dockerd');
    if (process.getuid?.() !== 0 || program === undefined) return 'no Docker engine answers, and none can be started by this user';
    daemon = spawn(program, [], { stdio: 'ignore' });
    // A process waits for its children; without this the tests would not end until the engine did, which they end themselves.
    daemon.unref();
    let over = false;
    daemon.once('error', () => (over = true)).once('exit', () => (over = true));
    for (let attempt = 0; attempt < 60 && !over && answering.length === 0; attempt += 1) {
      await sleep(500);
      answering = clients.filter(answers);
    }
    if (answering.length === 0) return 'no Docker engine answers, and dockerd does not start here';
  }
  // A client may have no BuildKit of its own; another one on the path may.
  client = built ? answering[0] : answering.find((program) => docker(['build', '--quiet', '-'], { program, input: `FROM scratch\nLABEL ${LABEL}\n`, timeout: 60_000 }).status === 0);
  if (client === undefined) return 'this docker has no BuildKit (its plugin buildx is missing)';
  for (const image of [POSTGRES, ...(built ? [BASE] : new Set(baseImages()))]) {
    if (docker(['image', 'inspect', image]).status === 0) continue;
    if (docker(['pull', '--quiet', image]).status !== 0) return `the image ${image} is not there and cannot be pulled`;
  }
  return undefined;
}

/** Takes everything of this run away. Without waiting for promises, so that it may be the last thing that a process does. */
export function tidy() {
  if (client !== undefined) {
    const ids = (...args) => docker([...args, '--quiet']).stdout.split('\n').filter(Boolean);
    for (const filter of [LABEL, `com.docker.compose.project=${run}`]) {
      const containers = ids('ps', '--all', '--filter', `label=${filter}`);
      if (containers.length > 0) docker(['rm', '--force', '--volumes', ...containers]);
      for (const kind of ['network', 'volume']) for (const id of ids(kind, 'ls', '--filter', `label=${filter}`)) docker([kind, 'rm', id]);
      for (const id of ids('image', 'ls', '--filter', `label=${filter}`)) docker(['image', 'rm', '--force', id]);
    }
    client = undefined;
  }
  daemon?.kill('SIGTERM');
  daemon = undefined;
}
process.once('exit', tidy);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(130));

let count = 0;

/** Starts a container with these arguments of `docker run` and returns its name. */
export async function start(...args) {
  count += 1;
  const name = `${run}-${count}`;
  await mustAsync(['run', '--detach', '--name', name, '--label', LABEL, ...args]);
  return name;
}

/** Runs a container to its end. */
export const toItsEnd = (...args) => dockerAsync(['run', '--rm', '--label', LABEL, ...args]);

/** A network of this run, in which names are looked up. */
export function network() {
  must(['network', 'create', '--label', LABEL, run]);
  return run;
}

export const inspect = async (name) => JSON.parse(await mustAsync(['inspect', name]))[0];

/** Everything that a container has printed. */
export const logs = async (name) => (await dockerAsync(['logs', name])).text;

/** Where this machine reaches a port of a container that was started with `--publish 127.0.0.1::PORT`. */
export async function address(name, port = 8080) {
  const published = (await mustAsync(['port', name, `${port}/tcp`])).split('\n')[0];
  return `http://${published}`;
}

/** Waits until `look` returns something, and says what it was waiting for when a container ends instead. */
export async function until(name, what, look) {
  for (let attempt = 0; attempt < 1200; attempt += 1) {
    const found = await look().catch(() => undefined);
    if (found) return found;
    const { State: state } = await inspect(name);
    if (!state.Running) throw new Error(`${name} ended with ${state.ExitCode} before ${what}:\n${await logs(name)}`);
    await sleep(100);
  }
  throw new Error(`${name} was not ${what}:\n${await logs(name)}`);
}

/** Programs that are compiled in a quarter of the time, and are three times as big. */
const QUICKLY = { CARGO_PROFILE_RELEASE_LTO: 'off', CARGO_PROFILE_RELEASE_OPT_LEVEL: '0', CARGO_PROFILE_RELEASE_CODEGEN_UNITS: '16' };

/** Builds docker/Dockerfile and returns the image's name. */
export async function build(buildArguments, quickly) {
  const args = Object.entries({ ...buildArguments, ...(quickly ? QUICKLY : {}) }).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
  const more = (process.env.CLOCKWORK_DOCKER_BUILD ?? '').split(' ').filter(Boolean);
  await mustAsync(['build', '--file', join(repository, 'docker/Dockerfile'), '--tag', run, '--label', LABEL, ...more, ...args, repository]);
  return run;
}
