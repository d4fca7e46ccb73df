// The alert rules, the dashboard and what else docker/monitoring has, against the page of metrics and the runbooks: `just test-monitoring`.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { blocks } from './testing/documents.mjs';
import { afterwards, freePort, postgres, workplace } from './testing/postgres.mjs';
import { program, server, track } from './testing/server.mjs';

const require = createRequire(new URL('../client/package.json', import.meta.url));
const yaml = require('yaml');

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path) => readFileSync(join(root, path), 'utf8');

const RULES = 'charts/clockwork/alerts/clockwork.yaml';
const rules = yaml.parse(read(RULES)).groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(read('charts/clockwork/dashboards/clockwork.json'));
const panels = dashboard.panels.filter((panel) => panel.type !== 'row');
const queries = [...panels.flatMap((panel) => panel.targets.map((target) => ({ where: panel.title, expr: target.expr }))), ...dashboard.annotations.list.map(({ name, expr }) => ({ where: name, expr }))];

function promtool(...args) {
  const { status, stdout, stderr, error } = spawnSync('promtool', args, { cwd: root, encoding: 'utf8' });
  if (error) throw error;
  return { status, text: stdout + stderr };
}

/** Whether Prometheus can read these expressions, each by its name. */
function parses(t, expressions) {
  const directory = mkdtempSync(join(tmpdir(), 'clockwork-monitoring-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'rules.yaml');
  writeFileSync(file, JSON.stringify({ groups: [{ name: 'x', rules: expressions.map((expr, index) => ({ record: `x:${index}`, expr })) }] }));
  return promtool('check', 'rules', file);
}

/** The metrics of docs/METRICS.md: name to type and labels. A histogram is three series. */
const metrics = new Map();
for (const line of read('docs/METRICS.md').split('\n')) {
  const [, name, type, labels] = /^\| `(\w+)` \| (\w+) \| *([^|]*?) *\|/.exec(line) ?? [];
  if (name === undefined) continue;
  const names = [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label);
  for (const suffix of type === 'histogram' ? ['_bucket', '_count', '_sum'] : ['']) metrics.set(name + suffix, suffix === '_bucket' ? [...names, 'le'] : names);
}
metrics.set('up', []);

/** What Prometheus itself puts on every series. */
const TARGET = ['job', 'instance', 'namespace', 'service', 'pod'];

/** What is wrong with the metrics and labels of an expression. */
function unknown(expr) {
  const found = [];
  const bare = expr.replace(/"(\\.|[^"\\])*"/g, '""');
  for (const [, name, matchers] of bare.matchAll(/\b([a-z][a-z0-9_]*)\{([^}]*)\}/g)) {
    if (!metrics.has(name)) found.push(name);
    else for (const [, label] of matchers.matchAll(/(\w+) *[!=]/g)) if (![...TARGET, ...metrics.get(name)].includes(label)) found.push(`${name}{${label}}`);
  }
  const all = [...TARGET, ...[...bare.matchAll(/\b([a-z][a-z0-9_]*)\{/g)].flatMap(([, name]) => metrics.get(name) ?? [])];
  for (const [, labels] of bare.matchAll(/\b(?:by|without) *\(([^)]*)\)/g)) for (const label of labels.split(',').map((text) => text.trim())) if (!all.includes(label)) found.push(`by (${label})`);
  return found;
}

test('the check of names notices what there is not', () => {
  assert.deepEqual(unknown('sum by (path) (rate(http_requests_total{job="x", status=~"5.."}[5m]))'), []);
  assert.deepEqual(unknown('sum by (route) (http_requests{job="x"}) / up{queue="x"}'), ['http_requests', 'up{queue}', 'by (route)']);
});

test('Prometheus can read the rules', () => {
  const { status, text } = promtool('check', 'rules', RULES);
  assert.equal(status, 0, text);
});

test('each alert fires when it should, and does not when it should not', () => {
  const { status, text } = promtool('test', 'rules', 'charts/clockwork/alerts/clockwork.test.yaml');
  assert.equal(status, 0, text);
});

test('no alert is without a test of both', () => {
  const cases = yaml.parse(read('charts/clockwork/alerts/clockwork.test.yaml')).tests.flatMap((one) => one.alert_rule_test);
  for (const { alert } of rules) {
    const of = cases.filter((one) => one.alertname === alert);
    assert.ok(of.some((one) => one.exp_alerts.length > 0), `${alert}: nothing shows that it fires`);
    assert.ok(of.some((one) => one.exp_alerts.length === 0), `${alert}: nothing shows when it does not`);
  }
});

test('the promised alerts are there, with their severity, and each leads to its runbook', () => {
  const promised = { HighErrorRate: 'critical', SlowResponses: 'warning', DatabaseDown: 'critical', HighMemoryUsage: 'warning', PoolExhausted: 'warning', JobsStuck: 'warning', MigrationPending: 'warning' };
  for (const [name, severity] of Object.entries(promised)) assert.equal(rules.find((rule) => rule.alert === name)?.labels.severity, severity, name);
  const sections = new Set(read('docs/OPERATIONS.md').split('\n').filter((line) => line.startsWith('### ')).map((line) => line.slice(4)));
  for (const { alert, labels, annotations } of rules) {
    assert.ok(sections.has(alert), `docs/OPERATIONS.md has no section ${alert}`);
    assert.match(annotations.runbook_url, new RegExp(`/docs/OPERATIONS\\.md#${alert.toLowerCase()}$`));
    assert.ok(annotations.summary && annotations.description, alert);
    assert.ok(['critical', 'warning'].includes(labels.severity) && labels.app === 'clockwork', alert);
  }
});

test('what the rules and the dashboard ask for is in docs/METRICS.md, with its labels', () => {
  const wrong = [...rules.map(({ alert, expr }) => ({ where: alert, expr })), ...queries].flatMap(({ where, expr }) => unknown(expr).map((name) => `${where}: ${name}`));
  assert.deepEqual(wrong, []);
});

test('every query of the dashboard can be read, and looks at the chosen replicas', (t) => {
  const expressions = queries.map(({ expr }) => expr.replaceAll('$__rate_interval', '5m').replaceAll(/\$(namespace|instance)/g, 'x'));
  const { status, text } = parses(t, expressions);
  assert.equal(status, 0, text);
  assert.notEqual(parses(t, ['sum(']).status, 0);
  for (const { where, expr } of queries) {
    assert.doesNotMatch(expr.replaceAll(/\$(__rate_interval|namespace|instance)/g, ''), /\$/, where);
    for (const [selector] of expr.matchAll(/\{[^}]*\}/g)) assert.match(selector, /job="clockwork", namespace=~"\$namespace", instance=~"\$instance"/, where);
  }
});

test('the dashboard is one that Grafana can show', () => {
  assert.equal(new Set(dashboard.panels.map((panel) => panel.id)).size, dashboard.panels.length);
  const taken = new Set();
  for (const { title, gridPos } of dashboard.panels) {
    assert.ok(gridPos.x >= 0 && gridPos.x + gridPos.w <= 24, title);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
        assert.ok(!taken.has(`${x},${y}`), `${title} lies on another panel`);
        taken.add(`${x},${y}`);
      }
    }
  }
  for (const panel of panels) assert.equal(panel.datasource.uid, '${datasource}', panel.title);
  // Whatever can be measured can be seen; a new metric wants a place.
  const shown = [...queries, ...rules].map(({ expr }) => expr).join('\n');
  const NOT_SHOWN = ['up', 'process_virtual_memory_bytes', 'job_duration_seconds_bucket', 'job_duration_seconds_sum', 'http_request_duration_seconds_count', 'http_request_duration_seconds_sum', 'database_query_duration_seconds_sum', 'database_pool_wait_seconds_count', 'database_pool_wait_seconds_sum'];
  assert.deepEqual([...metrics.keys()].filter((name) => !NOT_SHOWN.includes(name) && !shown.includes(`${name}{`)), []);
});

test("Compose's Prometheus scrapes the job that the rules and the dashboard look for", () => {
  const { status, text } = promtool('check', 'config', '--syntax-only', 'docker/monitoring/prometheus.yaml');
  assert.equal(status, 0, text);
  assert.deepEqual(yaml.parse(read('docker/monitoring/prometheus.yaml')).scrape_configs.map((job) => job.job_name), ['clockwork']);
});

test('Prometheus itself: it scrapes a server by that file, loads the rules, no alert fires, and every panel has something to show', async (t) => {
  const directory = workplace(t);
  const database = await postgres(t, directory);
  const url = database.url('clockwork', 'clockwork');
  program('migrator', ['up'], { ENV: 'production', AUTH_MODE: 'none', DATABASE_URL: url });
  const [METRICS_PORT, port] = [await freePort(), await freePort()].map(String);
  const running = await server(t, directory, { DATABASE_URL: url, METRICS_PORT });
  await track(running.url, 'Scraped');

  // The file as it is, but for where the rules and the server are, which Compose says, and how often it looks.
  const config = yaml.parse(read('docker/monitoring/prometheus.yaml'));
  config.global = { scrape_interval: '1s', evaluation_interval: '1s' };
  config.rule_files = config.rule_files.map((file) => file.replace('/etc/prometheus/rules', join(root, 'charts/clockwork/alerts')));
  const [job] = config.scrape_configs;
  delete job.dns_sd_configs;
  job.static_configs = [{ targets: [`127.0.0.1:${METRICS_PORT}`] }];
  writeFileSync(join(directory, 'prometheus.yaml'), yaml.stringify(config));
  const child = spawn('prometheus', [`--config.file=${join(directory, 'prometheus.yaml')}`, `--storage.tsdb.path=${join(directory, 'tsdb')}`, `--web.listen-address=127.0.0.1:${port}`], { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (more) => (said += more));
  const ended = new Promise((done) => child.once('close', done));
  afterwards(t, async () => {
    child.kill('SIGTERM');
    await ended;
  });
  /** What its API answers, as soon as `enough` is content with it; while it starts, it answers 503 in plain text. */
  const ask = async (path, enough) => {
    for (let attempt = 0; ; attempt += 1) {
      const answer = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`).then((response) => (response.ok ? response.json() : undefined), () => undefined);
      if (answer?.status === 'success' && enough(answer.data)) return answer.data;
      assert.ok(attempt < 600 && child.exitCode === null, `${path}: ${JSON.stringify(answer)}\n${said}`);
      await sleep(100);
    }
  };
  const { activeTargets: targets } = await ask('targets', (data) => data.activeTargets.some(({ health }) => health === 'up'));
  assert.deepEqual(targets.map(({ labels, health }) => [labels.job, health]), [['clockwork', 'up']]);
  const { groups } = await ask('rules', (data) => data.groups.flatMap((group) => group.rules).every(({ health }) => health === 'ok'));
  assert.deepEqual(groups.flatMap((group) => group.rules).map(({ name }) => name).sort(), rules.map(({ alert }) => alert).sort());
  assert.deepEqual(groups.flatMap((group) => group.rules).filter(({ state }) => state === 'firing').map(({ name }) => name), []);

  // A few scrapes make a rate. What only trouble or a background job brings has no series at a healthy server that was just started.
  await ask(`query?query=${encodeURIComponent('count_over_time(up{job="clockwork"}[1m]) > 3')}`, ({ result }) => result.length > 0);
  const MAY_BE_EMPTY = ['Failing requests', 'No connection to be had', 'Ended', 'Since the last success', 'Rows deleted by cleaning', 'Failed cleaning', 'Restarts'];
  for (const { where, expr } of queries) {
    const query = expr.replaceAll('$__rate_interval', '1m').replaceAll(/\$(namespace|instance)/g, '.*');
    const { result } = await ask(`query?query=${encodeURIComponent(query)}`, () => true);
    assert.ok(result.length > 0 || MAY_BE_EMPTY.includes(where), `"${where}" shows nothing: ${query}`);
  }
});

test('the inhibition of the page names alerts that there are', () => {
  const [block] = blocks('docs/OPERATIONS.md').filter(({ test: of }) => of === 'inhibit');
  const [rule, ...more] = yaml.parse(block.text).inhibit_rules;
  assert.equal(more.length, 0);
  const names = (matchers) => /alertname=~"([^"]+)"/.exec(matchers.join())[1].split('|');
  const known = rules.map(({ alert }) => alert);
  const [sources, targets] = [names(rule.source_matchers), names(rule.target_matchers)];
  for (const name of [...sources, ...targets]) assert.ok(known.includes(name), name);
  for (const name of sources) assert.equal(rules.find(({ alert }) => alert === name).labels.severity, 'critical');
  assert.deepEqual(sources.filter((name) => targets.includes(name)), []);
});

test("Grafana's files name each other", () => {
  const place = 'docker/monitoring/grafana/provisioning';
  assert.equal(yaml.parse(read(`${place}/datasources/prometheus.yaml`)).datasources[0].type, 'prometheus');
  assert.equal(yaml.parse(read(`${place}/dashboards/clockwork.yaml`)).providers[0].options.path, '/etc/grafana/dashboards');
});

test('Fluent Bit is told of a parser and of variables that there are', () => {
  const config = yaml.parse(read('docker/monitoring/fluent-bit.yaml'));
  const { inputs, filters, outputs } = config.pipeline;
  const parsers = config.parsers.map((parser) => parser.name);
  for (const filter of filters.filter((one) => one.name === 'parser')) assert.ok(parsers.includes(filter.parser));
  for (const { match } of [...filters, ...outputs]) assert.ok(inputs.some(({ tag }) => tag === match), match);
  const FROM_OUTSIDE = ['ELASTICSEARCH_USER', 'ELASTICSEARCH_PASSWORD'];
  for (const [, name] of JSON.stringify(config.pipeline).matchAll(/\$\{(\w+)\}/g)) assert.ok(name in config.env || FROM_OUTSIDE.includes(name), name);
  // The times of the server's lines, as its tests show them: strptime's %L takes the fraction.
  assert.equal(config.parsers[0].time_format, '%Y-%m-%dT%H:%M:%S.%LZ');
  assert.equal(config.parsers[0].time_key, 'timestamp');
});
