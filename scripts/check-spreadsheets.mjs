// What a spreadsheet program makes of exports: `just check-spreadsheets`. The entries and a summary of a server are exported as XLSX and CSV, LibreOffice opens each file, computes its
// formulas anew and writes what it shows, and that is compared with the totals of the API.
//
//   node scripts/check-spreadsheets.mjs [http://127.0.0.1:8080] [--token TOKEN] [--from 2026-01-01] [--to 2026-12-31]
//
// Without a URL it starts the server that was built last on a database of its own, with entries that could trouble a spreadsheet. It ends with 1 if a figure differs, with 2 where there is no LibreOffice.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

import { postgres, workplace } from './testing/postgres.mjs';
import { call, program, server } from './testing/server.mjs';

const { values: options, positionals } = parseArgs({ allowPositionals: true, options: { token: { type: 'string' }, from: { type: 'string', default: '2026-01-01' }, to: { type: 'string', default: '2026-12-31' } } });

const version = spawnSync('soffice', ['--version'], { encoding: 'utf8' });
if (version.error !== undefined || version.status !== 0) {
  console.error('check-spreadsheets: there is no LibreOffice: no program `soffice`. Install LibreOffice Calc, such as: apt-get install --no-install-recommends libreoffice-calc');
  process.exit(2);
}

/** Formulas are computed when a workbook is opened; otherwise LibreOffice shows the values that the file has beside them. */
const ALWAYS_COMPUTE = `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>`;

/** Commas, quotes, UTF-8, all rows; cells as they are shown; every sheet. */
const WRITTEN_AS = 'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1';

/** The rows that LibreOffice shows of a file, of all its sheets one after the other. */
function opened(directory, name, content) {
  const [profile, out] = [join(directory, 'profile'), join(directory, `${name}-shown`)];
  mkdirSync(join(profile, 'user'), { recursive: true });
  writeFileSync(join(profile, 'user', 'registrymodifications.xcu'), ALWAYS_COMPUTE);
  const path = join(directory, name);
  writeFileSync(path, content);
  const reads = name.endsWith('.csv') ? ['--infilter=Text - txt - csv (StarCalc):44,34,76,1,,1033,false,true'] : [];
  const args = [`-env:UserInstallation=${pathToFileURL(profile)}`, '--headless', ...reads, '--convert-to', WRITTEN_AS, '--outdir', out, path];
  const { status, stderr, stdout } = spawnSync('soffice', args, { encoding: 'utf8', timeout: 300_000 });
  const written = status === 0 ? readdirSync(out) : [];
  if (written.length === 0) throw new Error(`soffice ${args.join(' ')} ended with ${status} and wrote nothing: ${stdout}${stderr}`);
  return written.sort().flatMap((file) => table(readFileSync(join(out, file), 'utf8')));
}

/** The cells of a CSV file (RFC 4180). */
function table(text) {
  const rows = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    rows.at(-1).push(quoted?.replaceAll('""', '"') ?? plain);
    if (end !== ',') rows.push([]);
  }
  return rows.filter((row) => row.length > 1);
}

/** The seconds of `30:07:30`. What CSV has as `0:37:13` is a number as well, which LibreOffice shows as the time of day `12:37:13 AM`. */
function seconds(cell) {
  const [, hours, minutes, rest, half] = /^(\d+):(\d\d):(\d\d)(?: ([AP])M)?$/.exec(cell) ?? raise(`${JSON.stringify(cell)} is no duration`);
  const whole = half === undefined ? Number(hours) : (Number(hours) % 12) + (half === 'P' ? 12 : 0);
  return (whole * 60 + Number(minutes)) * 60 + Number(rest);
}

/** The cents of `1,234.50`. */
const cents = (cell) => (cell === '' ? 0 : Math.round(Number(cell.replaceAll(',', '')) * 100));

function raise(message) {
  throw new Error(message);
}

/** What a sheet has in its rows, and what its totals say. */
function read(rows) {
  const [head] = rows;
  const at = (title) => head.indexOf(title);
  const isTotal = (row) => row[0] === 'Total';
  const data = rows.filter((row) => !isTotal(row) && row.join() !== head.join());
  const sum = (of, title, parse) => (at(title) < 0 ? undefined : of.reduce((sum, row) => sum + parse(row[at(title)]), 0));
  return {
    rows: data.length,
    seconds: sum(data, 'Duration', seconds),
    total: sum(rows.filter(isTotal), 'Duration', seconds),
    cents: sum(data, 'Amount', cents),
    descriptions: at('Description') < 0 ? undefined : data.map((row) => row[at('Description')]).sort(),
  };
}

const cleanup = [];
const t = { after: (undo) => cleanup.push(undo) };

/** A server with entries over midnight, longer than a day, and with descriptions that a spreadsheet would take for something else. */
async function filled() {
  const directory = workplace(t);
  const database = await postgres(t, directory);
  const url = database.url('clockwork', 'clockwork');
  program('migrator', ['up'], { ENV: 'production', AUTH_MODE: 'none', DATABASE_URL: url });
  const running = await server(t, directory, { DATABASE_URL: url, RATE_LIMIT_REQUESTS: '0' });
  await call(running.url, 'POST', '/api/currencies', { currency: 'EUR' });
  await call(running.url, 'POST', '/api/rates', { kind: 'billable', hourly: '87.50', validFrom: '2026-01-01' });
  const texts = ['=SUM(A1:A9)', '+49 30 1234', '-1', '@home', '1/2', '007', '2026-02-30', '"quoted", and; more', 'ünïcödé €', 'two\nlines', '1e5', 'TRUE', ''];
  for (const [number, name] of ['Website', 'Internal', '=1+1'].entries()) {
    const project = await call(running.url, 'POST', '/api/projects', { name, billable: number !== 1 });
    const category = await call(running.url, 'POST', `/api/projects/${project.id}/categories`, { name: 'Design' });
    for (let n = 0; n < 40; n += 1) {
      const start = Date.UTC(2026, n % 12, 1 + n, 8 + number, n);
      const length = n % 13 === 0 ? 100_000_000 : (n * 97 + number) * 1000;
      await call(running.url, 'POST', '/api/time/entries', { categoryId: category.id, startedAt: new Date(start).toISOString(), stoppedAt: new Date(start + length).toISOString(), description: texts[(n + number) % texts.length] });
    }
  }
  return running.url;
}

const directory = mkdtempSync(join(tmpdir(), 'clockwork-spreadsheets-'));
cleanup.push(() => rmSync(directory, { recursive: true, force: true }));
const differences = [];
try {
  const url = positionals[0]?.replace(/\/$/, '') ?? (await filled());
  const headers = options.token === undefined ? {} : { authorization: `Bearer ${options.token}` };
  const range = `fromDate=${options.from}&toDate=${options.to}&timeZone=Europe%2FBerlin`;
  const ask = async (path) => {
    const response = await fetch(`${url}/api/reports/${path}`, { headers });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return response;
  };
  console.log(`${version.stdout.trim().replace(/ [0-9a-f()]+$/, '')}, ${options.from} to ${options.to}`);
  console.log('| file | rows | duration of all rows, s | total of the sheet, s | amounts |');
  console.log('|---|---|---|---|---|');
  const totals = await (await ask(`summary?${range}&amounts=true`)).json();
  const lines = [];
  for (let cursor = ''; cursor !== null; ) {
    const page = await ask(`detailed?${range}&amounts=true&limit=1000${cursor === '' ? '' : `&cursor=${cursor}`}`);
    lines.push(...(await page.json()));
    cursor = page.headers.get('x-next-cursor');
  }
  for (const [report, query] of [['entries', 'report=detailed'], ['summary', 'report=summary&groupBy=project&groupBy=month']]) {
    for (const format of ['xlsx', 'csv']) {
      const name = `${report}.${format}`;
      const file = Buffer.from(await (await ask(`export?${range}&amounts=true&durations=h:mm:ss&format=${format}&${query}`)).arrayBuffer());
      const found = read(opened(directory, name, file));
      console.log(`| ${name} | ${found.rows} | ${found.seconds} | ${format === 'xlsx' ? found.total : ''} | ${(found.cents ?? 0) / 100} |`);
      const same = (what, one, other) => {
        if (JSON.stringify(one) !== JSON.stringify(other)) differences.push(`${name}: ${what}: LibreOffice has ${JSON.stringify(one)}, the API ${JSON.stringify(other)}`);
      };
      same('duration', found.seconds, totals.total.durationSeconds);
      if (format === 'xlsx') same('total', found.total, totals.total.durationSeconds);
      if (report === 'entries') {
        same('rows', found.rows, totals.total.entries);
        // Amounts of entries are rounded one by one.
        same('amounts', found.cents, lines.reduce((sum, line) => sum + line.amounts.reduce((more, { amount }) => more + cents(amount), 0), 0));
        // CSV has no types: `1/2` becomes a date whatever a file says. What a program would compute begins with an apostrophe there.
        const texts = lines.map(({ description }) => description.replace(/\r\n/g, '\n')).sort();
        const computed = (all) => all.filter((text) => /^'?[=+@]/.test(text)).map((text) => text.replace(/^'/, ''));
        if (format === 'xlsx') same('descriptions', found.descriptions, texts);
        else same('descriptions that begin like formulas', computed(found.descriptions).sort(), computed(texts).sort());
      }
    }
  }
} finally {
  for (const undo of cleanup.reverse()) await undo();
}
for (const difference of differences) console.error(difference);
if (differences.length > 0) process.exit(1);
console.log('every total is that of the API');
