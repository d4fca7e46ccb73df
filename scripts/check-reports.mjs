// A second computation of reports, in another language and in the simplest way that there is: every entry is taken apart into quarters of an hour, and each quarter goes to the groups that a
// clock on the wall would show. Nothing is shared with the server but the raw entries, which it lists; time zones are those of Intl.
//
//   node scripts/check-reports.mjs http://127.0.0.1:8080 [--from 2026-01-01] [--to 2026-12-31] [--rounds 50] [--seed 1]
//
// asks a running server for random summaries of the range and compares every cell. It ends with 1 if one differs.
import { pathToFileURL } from 'node:url';

const QUARTER = 900_000;
const MICROSECONDS = 1_000n;

/** An instant in microseconds, as the API writes it. */
function micros(text) {
  const [, second, fraction = ''] = /^(.*?)(?:\.(\d+))?Z$/.exec(text);
  return BigInt(Date.parse(`${second}Z`)) * MICROSECONDS + BigInt(fraction.padEnd(6, '0').slice(0, 6));
}

const min = (one, other) => (one < other ? one : other);
const max = (one, other) => (one > other ? one : other);

const formats = new Map();
const shown = new Map();

/** What the clocks of a zone show at a quarter of an hour (its number since 1970): date and hour. */
function clock(zone, quarter) {
  const key = `${zone} ${quarter}`;
  if (!shown.has(key)) {
    if (!formats.has(zone)) {
      formats.set(zone, new Intl.DateTimeFormat('en-US', { timeZone: zone, calendar: 'iso8601', numberingSystem: 'latn', hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit' }));
    }
    const parts = Object.fromEntries(formats.get(zone).formatToParts(new Date(quarter * QUARTER)).map(({ type, value }) => [type, value]));
    if (shown.size > 2_000_000) shown.clear();
    shown.set(key, { date: `${parts.year}-${parts.month}-${parts.day}`, hour: parts.hour });
  }
  return shown.get(key);
}

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

/** The key of a quarter in a group of time, as the server names it. */
function timeKey(group, { date, hour }, firstDay) {
  const day = new Date(`${date}T00:00:00Z`);
  switch (group) {
    case 'day':
      return date;
    case 'week': {
      const into = (day.getUTCDay() - WEEKDAYS.indexOf(firstDay) + 7) % 7;
      return new Date(day.getTime() - into * 86_400_000).toISOString().slice(0, 10);
    }
    case 'month':
      return date.slice(0, 7);
    case 'quarter':
      return `${date.slice(0, 4)}-Q${Math.ceil(Number(date.slice(5, 7)) / 3)}`;
    case 'year':
      return date.slice(0, 4);
    case 'weekday':
      return WEEKDAYS[day.getUTCDay()];
    default:
      return hour;
  }
}

export const TIME_GROUPS = ['day', 'week', 'month', 'quarter', 'year', 'weekday', 'hour'];
export const OTHER_GROUPS = ['project', 'category', 'client', 'member', 'tag', 'billable', 'description'];

/** The keys of an entry in a group that is not of time: one, or one for each tag. Categories that are deeper than told apart count for the one above them. */
function plainKeys(group, entry, categoryDepth) {
  switch (group) {
    case 'project':
      return [entry.project.id];
    case 'category':
      return [entry.category.above.slice(0, categoryDepth).at(-1)];
    case 'client':
      return [entry.client?.id ?? null];
    case 'member':
      return [entry.member.id];
    case 'tag':
      return entry.tags.length > 0 ? entry.tags.map(({ id }) => id) : [null];
    case 'billable':
      return [String(entry.billable)];
    default:
      return [entry.description === '' ? null : entry.description];
  }
}

function round(rule, seconds) {
  const step = rule.minutes * 60;
  if (rule.mode === 'up') return Math.ceil(seconds / step) * step;
  if (rule.mode === 'down') return Math.floor(seconds / step) * step;
  return Math.floor(seconds / step + 0.5) * step;
}

const newCell = () => ({ entries: new Set(), durationSeconds: 0, billableSeconds: 0, roundedSeconds: 0, roundedBillableSeconds: 0 });

/**
 * The cells of a summary: from the path of keys, as JSON, to the sums. The empty path is the total.
 * @param {object[]} entries the raw entries, as `/api/reports/detailed` lists them
 */
export function compute(entries, { fromDate, toDate, timeZone, firstDayOfWeek, groupBy, categoryDepth, attribution, rounding }, asOf) {
  const cells = new Map();
  const now = micros(asOf);
  const add = (path, entry, seconds, rounded) => {
    const key = JSON.stringify(path);
    if (!cells.has(key)) cells.set(key, newCell());
    const cell = cells.get(key);
    cell.entries.add(entry.id);
    cell.durationSeconds += seconds;
    cell.roundedSeconds += rounded;
    if (entry.billable) {
      cell.billableSeconds += seconds;
      cell.roundedBillableSeconds += rounded;
    }
  };
  for (const entry of entries) {
    const start = micros(entry.startedAt);
    const stop = entry.stoppedAt === null ? max(now, start) : micros(entry.stoppedAt);
    const quarters = [];
    const quarterOf = (at) => Number(at / (BigInt(QUARTER) * MICROSECONDS));
    if (attribution === 'start' || stop === start) quarters.push([quarterOf(start), start, stop]);
    else {
      for (let quarter = quarterOf(start); BigInt(quarter) * BigInt(QUARTER) * MICROSECONDS < stop; quarter += 1) {
        const begin = BigInt(quarter) * BigInt(QUARTER) * MICROSECONDS;
        quarters.push([quarter, max(start, begin), min(stop, begin + BigInt(QUARTER) * MICROSECONDS)]);
      }
    }
    // Whole seconds since the start, at both ends.
    const since = (at) => Number((at - start) / 1_000_000n);
    for (const [quarter, from, to] of quarters) {
      const at = clock(timeZone, quarter);
      if (at.date < fromDate || at.date > toDate) continue;
      const seconds = since(to) - since(from);
      const rounded = rounding ? round(rounding, since(to)) - round(rounding, since(from)) : seconds;
      const keys = groupBy.map((group) => (TIME_GROUPS.includes(group) ? [timeKey(group, at, firstDayOfWeek)] : plainKeys(group, entry, categoryDepth)));
      // Each prefix of the keys is a cell, once for each of the tags in it.
      let paths = [[]];
      add([], entry, seconds, rounded);
      for (const some of keys) {
        paths = paths.flatMap((path) => some.map((key) => [...path, key]));
        for (const path of paths) add(path, entry, seconds, rounded);
      }
    }
  }
  return cells;
}

/** The same cells from a server's answer. Categories that are there for those below them alone are left out. */
export function cellsOf(summary) {
  const cells = new Map();
  const take = (path, sums) => {
    if (path.length === 0 || sums.entries > 0) cells.set(JSON.stringify(path), sums);
    for (const group of sums.groups ?? []) take([...path, group.key], group);
  };
  take([], { ...summary.total, groups: summary.groups });
  return cells;
}

const NAMES = ['durationSeconds', 'billableSeconds', 'roundedSeconds', 'roundedBillableSeconds'];

/** How many figures were compared, and the differences. */
export function compare(expected, found) {
  const differences = [];
  let compared = 0;
  for (const key of new Set([...expected.keys(), ...found.keys()])) {
    const [one, other] = [expected.get(key) ?? newCell(), found.get(key)];
    if (key !== '[]' && other === undefined) differences.push(`${key} is missing`);
    compared += NAMES.length + 1;
    if (one.entries.size !== (other?.entries ?? 0)) differences.push(`${key} entries: ${one.entries.size} here, ${other?.entries} there`);
    for (const name of NAMES) if (one[name] !== (other?.[name] ?? 0)) differences.push(`${key} ${name}: ${one[name]} here, ${other?.[name]} there`);
  }
  return { compared, differences };
}

async function ask(url, path) {
  const response = await fetch(url + path);
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return response;
}

/** All entries with time in a range of days, whole days more on both sides so that every time zone has its own. `category.above` has the category and those above it, the root first. */
export async function rawEntries(url, fromDate, toDate) {
  const shifted = (date, days) => new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
  const range = `fromDate=${shifted(fromDate, -2)}&toDate=${shifted(toDate, 2)}&timeZone=UTC`;
  const entries = [];
  const parents = new Map();
  for (const { id } of await (await ask(url, '/api/projects')).json()) {
    for (const category of await (await ask(url, `/api/projects/${id}/categories`)).json()) parents.set(category.id, category.parentCategoryId);
  }
  const above = (id) => (id === null ? [] : [...above(parents.get(id)), id]);
  for (let cursor = ''; ; ) {
    const response = await ask(url, `/api/reports/detailed?${range}&limit=1000${cursor && `&cursor=${cursor}`}`);
    for (const entry of await response.json()) entries.push({ ...entry, category: { ...entry.category, above: above(entry.category.id) } });
    cursor = response.headers.get('x-next-cursor') ?? '';
    if (cursor === '') return entries;
  }
}

/** Asks a server for a summary, and compares every cell. */
export async function check(url, entries, query) {
  const parameters = new URLSearchParams({ fromDate: query.fromDate, toDate: query.toDate, timeZone: query.timeZone, firstDayOfWeek: query.firstDayOfWeek, attribution: query.attribution });
  for (const group of query.groupBy) parameters.append('groupBy', group);
  if (query.categoryDepth) parameters.set('categoryDepth', query.categoryDepth);
  if (query.rounding) {
    parameters.set('round', query.rounding.mode);
    parameters.set('roundTo', query.rounding.minutes);
  }
  const response = await ask(url, `/api/reports/summary?${parameters}`);
  const summary = await response.json();
  return { ...compare(compute(entries, query, summary.asOf), cellsOf(summary)), asked: String(parameters) };
}

/** A generator of numbers below a bound, from a seed (mulberry32). */
export function random(seed) {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}

export const ZONES = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Apia', 'America/Sao_Paulo', 'UTC'];

/** A question about days within a range. */
export function question(next, fromDate, toDate, most) {
  const days = (Date.parse(toDate) - Date.parse(fromDate)) / 86_400_000 + 1;
  const first = next(days);
  const length = next(Math.min(most, days - first));
  const date = (day) => new Date(Date.parse(fromDate) + day * 86_400_000).toISOString().slice(0, 10);
  const groups = [...TIME_GROUPS, ...OTHER_GROUPS];
  const groupBy = [];
  for (let left = next(4); left > 0; left -= 1) groupBy.push(...groups.splice(next(groups.length), 1));
  return {
    fromDate: date(first),
    toDate: date(first + length),
    timeZone: ZONES[next(ZONES.length)],
    firstDayOfWeek: WEEKDAYS[next(7)],
    groupBy,
    categoryDepth: groupBy.includes('category') && next(2) === 0 ? 1 + next(3) : undefined,
    attribution: next(4) === 0 ? 'start' : 'split',
    rounding: next(3) === 0 ? { mode: ['up', 'down', 'nearest'][next(3)], minutes: [1, 5, 6, 15, 30, 60][next(6)] } : undefined,
  };
}

async function main([url, ...options]) {
  if (url === undefined || options.length % 2 === 1) throw new Error('usage: node scripts/check-reports.mjs URL [--from DATE] [--to DATE] [--rounds NUMBER] [--seed NUMBER]');
  const given = Object.fromEntries(Array.from({ length: options.length / 2 }, (_, at) => [options[2 * at].replace(/^--/, ''), options[2 * at + 1]]));
  const { from = '2026-01-01', to = '2026-12-31', rounds = 50, seed = 1 } = given;
  const entries = await rawEntries(url, from, to);
  const next = random(Number(seed));
  let [cells, wrong] = [0, 0];
  for (let round = 0; round < Number(rounds); round += 1) {
    const { compared, differences, asked } = await check(url, entries, question(next, from, to, 60));
    cells += compared;
    wrong += differences.length;
    for (const difference of differences.slice(0, 5)) console.error(`${asked}: ${difference}`);
  }
  console.log(`${entries.length} entries, ${rounds} reports, ${cells} figures compared, ${wrong} differ`);
  process.exitCode = wrong === 0 ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await main(process.argv.slice(2));
