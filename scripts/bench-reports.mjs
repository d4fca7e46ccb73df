// Reports on a large database beside the best hand-written SQL: `just bench-reports` (after `just seed-large`). Everything is asked several times in turn, so that both sides meet
// the same caches; the median is compared. Also: how the cost grows with the range and with the table, exports beside COPY, the first byte, and the server's memory.
// The second database has the entries of the year that is asked about and no others: a tenth of the table, and the same answers.
//
//   node scripts/bench-reports.mjs --database URL --server PATH [--tenth URL] [--rounds 9] [--out docs/records/reports.md]
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const options = Object.fromEntries(process.argv.slice(2).map((word, at, all) => (word.startsWith('--') ? [word.slice(2), all[at + 1]] : [])).filter((pair) => pair.length > 0));
const { database, tenth, server: program = 'target/release/server', rounds = '9', out } = options;
if (database === undefined) throw new Error('usage: node scripts/bench-reports.mjs --database URL [--server PROGRAM] [--tenth URL] [--rounds NUMBER] [--out FILE]');
// The largest workspace is that of an installation without accounts, in which every request is the built-in user's.
const WORKSPACE = '00000000-0000-7000-8000-000000000002';

const psql = (sql) => execFileSync('psql', ['-XqAt', '-v', 'ON_ERROR_STOP=1', database], { input: sql, encoding: 'utf8', maxBuffer: 1 << 28 });

/** Milliseconds that PostgreSQL takes for a statement, without sending its rows, with the settings of the server's sessions. */
function explained(sql) {
  const plan = JSON.parse(psql(`SET jit = off; SET hash_mem_multiplier = 8; SET random_page_cost = 1.1; EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${sql}`))[0];
  return plan['Planning Time'] + plan['Execution Time'];
}

const median = (numbers) => [...numbers].sort((one, other) => one - other)[Math.floor(numbers.length / 2)];

/**
 * The best hand-written SQL for sums by a column and week: a week is found by arithmetic, and the few entries over a border are cut in a branch of their own. With a tree, which maps
 * categories to roots, it is walked once and joined by a hash; without DISTINCT, PostgreSQL expects so many rows of a recursion that it sorts the entries for a merge.
 */
const byWeekAnd = (column, from, to, tree = false) => `
  WITH RECURSIVE ${tree ? TREE : ''} entries AS MATERIALIZED (
    SELECT ${column} AS key, started_at, stopped_at, duration_seconds FROM time_entries ${tree ? 'JOIN (SELECT DISTINCT ON (id) id, root FROM tree) tree ON tree.id = category_id' : ''}
    WHERE workspace_id = '${WORKSPACE}' AND started_at >= timestamptz '${from}' - interval '1 day' AND started_at < '${to}' AND stopped_at > '${from}'
  ), weeks AS (SELECT ARRAY(SELECT g FROM generate_series(timestamptz '${from}', timestamptz '${to}', interval '7 days') g) AS borders)
  SELECT key, week, sum(seconds) FROM (
    SELECT key, width_bucket(started_at, borders) AS week, duration_seconds AS seconds FROM entries, weeks
    WHERE width_bucket(started_at, borders) = width_bucket(stopped_at, borders)
    UNION ALL
    SELECT key, week, extract(epoch FROM least(stopped_at, borders[week + 1]) - greatest(started_at, borders[week]))::bigint
    FROM entries, weeks, LATERAL generate_series(greatest(1, width_bucket(started_at, borders)), least(cardinality(borders) - 1, width_bucket(stopped_at, borders))) week
    WHERE width_bucket(started_at, borders) <> width_bucket(stopped_at, borders)
  ) parts GROUP BY 1, 2`;

/** The categories of the workspace, each with the root above it. */
const TREE = `tree AS (
    SELECT id, id AS root FROM categories WHERE workspace_id = '${WORKSPACE}' AND parent_category_id IS NULL
    UNION ALL SELECT c.id, t.root FROM tree t JOIN categories c ON c.parent_category_id = t.id
  ),`;

const byProject = (from, to) => `
  SELECT project_id, sum(CASE WHEN started_at >= '${from}' AND stopped_at <= '${to}' THEN duration_seconds
    ELSE extract(epoch FROM least(stopped_at, '${to}') - greatest(started_at, '${from}'))::bigint END)
  FROM time_entries WHERE workspace_id = '${WORKSPACE}' AND started_at >= timestamptz '${from}' - interval '1 day' AND started_at < '${to}' AND stopped_at > '${from}' GROUP BY 1`;

/** Starts the server without accounts on a database. */
async function start(database) {
  const env = { ...process.env, ENV: 'production', AUTH_MODE: 'none', HOST: '127.0.0.1', PORT: '0', METRICS_PORT: '0', RATE_LIMIT_REQUESTS: '0', DATABASE_URL: database, DATABASE_STATEMENT_TIMEOUT: '10m' };
  const child = spawn(program, [], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (more) => (text += more));
  for (;;) {
    const address = /"address":"([^"]+)"/.exec(text)?.[1];
    if (address && (await fetch(`http://${address}/readyz`).catch(() => undefined))?.ok) return { child, url: `http://${address}` };
    if (child.exitCode !== null) throw new Error(text);
    await sleep(100);
  }
}

/** Ends a server, and waits for its end. */
async function stop({ child }) {
  child.kill('SIGTERM');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

/** The answer of a server to a question about reports, and the milliseconds until all of it was there. */
async function ask({ url }, query) {
  const begin = performance.now();
  const response = await fetch(`${url}/api/reports/${query}`);
  const answer = await response.text();
  if (!response.ok) throw new Error(`${query}: ${response.status} ${answer}`);
  return { answer, took: performance.now() - begin };
}

const memory = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;

/** The length of an export, its first byte and its end in milliseconds, and the most memory of the server meanwhile. */
async function measure(url, pid) {
  let most = 0;
  const watch = setInterval(() => (most = Math.max(most, memory(pid))), 20);
  const begin = performance.now();
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  let [first, bytes] = [undefined, 0];
  for await (const chunk of response.body) {
    first ??= performance.now() - begin;
    bytes += chunk.length;
  }
  clearInterval(watch);
  return { bytes, first, all: performance.now() - begin, most };
}

/** What is worse than it may be. */
const missed = [];
const limit = (name, value, most) => {
  if (value > most) missed.push(`${name}: ${value.toFixed(2)}, at most ${most}`);
};

const lines = [];
const say = (line) => {
  console.log(line);
  lines.push(line);
};

const SUBTREE_AND_WEEK = 'summary?fromDate=2020-01-06&toDate=2021-01-03&timeZone=UTC&groupBy=category&groupBy=week&categoryDepth=1';
const PROJECT_AND_WEEK = 'summary?fromDate=2020-01-06&toDate=2021-01-03&timeZone=UTC&groupBy=project&groupBy=week';
const MONTH_BY_PROJECT = 'summary?fromDate=2020-03-01&toDate=2020-03-31&timeZone=UTC&groupBy=project';
const TEN_YEARS_BY_PROJECT = 'summary?fromDate=2016-01-01&toDate=2025-12-31&timeZone=UTC&groupBy=project';

const total = Number(psql('SELECT count(*) FROM time_entries'));
const started = [];
const serve = async (url) => {
  started.push(await start(url));
  return started.at(-1);
};
try {
  let server = await serve(database);
  say(`${total} entries`);
  say('');
  say('| question | hand-written SQL, ms | server, ms | ratio |');
  say('|---|---|---|---|');
  for (const [name, query, sql] of [
    ['a year by category subtree and week', SUBTREE_AND_WEEK, byWeekAnd('root', '2020-01-06Z', '2021-01-04Z', true)],
    ['a year by project and week', PROJECT_AND_WEEK, byWeekAnd('project_id', '2020-01-06Z', '2021-01-04Z')],
    ['a month by project', MONTH_BY_PROJECT, byProject('2020-03-01Z', '2020-04-01Z')],
    ['ten years by project', TEN_YEARS_BY_PROJECT, byProject('2016-01-01Z', '2026-01-01Z')],
  ]) {
    const [ours, theirs] = [[], []];
    for (let round = 0; round < Number(rounds); round += 1) {
      theirs.push(explained(sql));
      ours.push((await ask(server, query)).took);
    }
    if (name.includes('week')) limit(name, median(ours) / median(theirs), 1.2);
    say(`| ${name} | ${median(theirs).toFixed(1)} | ${median(ours).toFixed(1)} | ${(median(ours) / median(theirs)).toFixed(2)} |`);
  }
  if (tenth) {
    const small = await serve(tenth);
    say('');
    say('| the same range | in a table of the year, ms | in the whole table, ms | ratio |');
    say('|---|---|---|---|');
    for (const [name, query] of [
      ['a year by category subtree and week', SUBTREE_AND_WEEK],
      ['a year by project and week', PROJECT_AND_WEEK],
      ['a month by project', MONTH_BY_PROJECT],
    ]) {
      const [large, less] = [[], []];
      for (let round = 0; round < Number(rounds); round += 1) {
        const [one, other] = [await ask(small, query), await ask(server, query)];
        // What was asked when is part of the answer.
        const figures = ({ answer }) => JSON.stringify({ ...JSON.parse(answer), asOf: undefined });
        if (figures(one) !== figures(other)) throw new Error(`${name}: the databases answer differently`);
        less.push(one.took);
        large.push(other.took);
      }
      limit(`${name}, ten times the table`, median(large) / median(less), 1.2);
      say(`| ${name} | ${median(less).toFixed(1)} | ${median(large).toFixed(1)} | ${(median(large) / median(less)).toFixed(2)} |`);
    }
    await stop(small);
  }
  // A server of its own: what summaries of ten thousand groups have left in its memory is not the exports'.
  await stop(server);
  server = await serve(database);
  const pid = server.child.pid;
  const api = `${server.url}/api/reports`;
  const idle = memory(pid);
  say('');
  say(`A server that has just been started, at ${idle.toFixed(1)} MiB:`);
  say('');
  say('| export | bytes | first byte, ms | whole, ms | memory above idle, MiB |');
  say('|---|---|---|---|---|');
  for (const format of ['csv', 'ndjson', 'xlsx']) {
    const { bytes, first, all, most } = await measure(`${api}/export?fromDate=2019-01-01&toDate=2020-08-31&timeZone=UTC&format=${format}`, pid);
    if (format !== 'xlsx') limit(`${format}: first byte, ms`, first, 100);
    limit(`${format}: memory, MiB`, most - idle, format === 'xlsx' ? 40 : 20);
    say(`| ${format} | ${bytes} | ${first.toFixed(0)} | ${all.toFixed(0)} | ${(most - idle).toFixed(1)} |`);
  }
  // A document is written as a whole: as many days as have the 20,000 rows that it may have.
  const day = psql(`SELECT (max(day) - 1)::text FROM (
      SELECT started_at::date AS day, sum(count(*)) OVER (ORDER BY started_at::date) AS entries FROM time_entries
      WHERE workspace_id = '${WORKSPACE}' AND started_at >= '2019-01-01Z' GROUP BY 1) days WHERE entries <= 20000`).trim();
  const rows = psql(`SELECT count(*) FROM time_entries WHERE workspace_id = '${WORKSPACE}' AND started_at >= '2019-01-01Z' AND started_at < date '${day}' + 1`).trim();
  const { bytes, first, all, most } = await measure(`${api}/export?fromDate=2019-01-01&toDate=${day}&timeZone=UTC&attribution=start&format=pdf`, pid);
  limit('pdf: memory, MiB', most - idle, 150);
  say(`| pdf, ${rows} rows | ${bytes} | ${first.toFixed(0)} | ${all.toFixed(0)} | ${(most - idle).toFixed(1)} |`);
  const begin = performance.now();
  const copied = execFileSync('psql', ['-XqAt', database, '-c', `COPY (SELECT * FROM time_entries WHERE workspace_id = '${WORKSPACE}' AND started_at >= '2019-01-01Z' AND started_at < '2020-09-01Z' ORDER BY started_at DESC, id DESC) TO STDOUT (FORMAT csv)`], { maxBuffer: 1 << 30 });
  say(`| COPY of the entries | ${copied.length} | | ${(performance.now() - begin).toFixed(0)} | |`);
} finally {
  await Promise.all(started.map(stop));
}
for (const line of missed) console.error(`missed: ${line}`);
if (missed.length > 0) process.exitCode = 1;
if (out) appendFileSync(out, `${lines.join('\n')}\n`);
