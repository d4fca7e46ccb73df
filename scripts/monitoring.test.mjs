// The alert rules, the dashboard and what else docker/monitoring has, against the page of metrics and the runbooks: `just test-monitoring`.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

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
