// Every cell of reports, computed a second time in another language: `just test-reports`.
import assert from 'node:assert/strict';
import test from 'node:test';

import { ZONES, check, question, random, rawEntries } from './check-reports.mjs';
import { postgres, workplace } from './testing/postgres.mjs';
import { call, program, server } from './testing/server.mjs';

const SEED = 20_261_127;

// Around what the zones have special: both changes of the clocks, a day that never was, a midnight that was not there.
const SEASONS = [
  ['2026-03-05', '2026-04-08'],
  ['2026-09-30', '2026-11-05'],
  ['2011-12-20', '2012-01-08'],
  ['2018-10-30', '2018-11-10'],
];

/** A server with projects, categories, tags, two people and entries of all kinds around the seasons. */
async function filled(t) {
  const directory = workplace(t);
  const database = await postgres(t, directory);
  const url = database.url('clockwork', 'clockwork');
  program('migrator', ['up'], { ENV: 'production', AUTH_MODE: 'none', DATABASE_URL: url });
  const running = await server(t, directory, { DATABASE_URL: url, RATE_LIMIT_REQUESTS: '0' });
  const client = await call(running.url, 'POST', '/api/clients', { name: 'Acme' });
  const categories = [];
  for (const [name, clientId] of [['Website', client.id], ['Internal', null]]) {
    const project = await call(running.url, 'POST', '/api/projects', { name, clientId });
    const path = `/api/projects/${project.id}/categories`;
    const root = await call(running.url, 'POST', path, { name: 'Design' });
    const below = await call(running.url, 'POST', path, { name: 'Sketches', parentCategoryId: root.id });
    categories.push(root.id, below.id);
  }
  for (const name of ['urgent', 'remote']) await call(running.url, 'POST', '/api/tags', { name });
  const next = random(SEED);
  const rows = [];
  for (const [from, to] of SEASONS) {
    const seconds = (Date.parse(to) - Date.parse(from)) / 1000;
    for (let n = 0; n < 60; n += 1) {
      const start = Date.parse(from) + next(seconds) * 1000 + next(1000);
      const length = [0, next(36_000_000), next(36_000_000), next(36_000_000), 3_600_000, next(3 * 86_400_000)][next(6)];
      const of = next(5) === 0 ? "'00000000-0000-7000-8000-00000000000a'" : "'00000000-0000-7000-8000-000000000001'";
      rows.push(`(gen_random_uuid(), ${of}::uuid, '${categories[next(4)]}'::uuid, '${new Date(start).toISOString()}'::timestamptz, '${new Date(start + length).toISOString()}'::timestamptz, ${next(2) === 0}, 'note ${next(3)}')`);
    }
  }
  database.psql(
    `INSERT INTO users (id, name, created_at, updated_at) VALUES ('00000000-0000-7000-8000-00000000000a', 'Colleague', now(), now());
     INSERT INTO memberships (workspace_id, user_id, role, created_at, updated_at)
     SELECT id, '00000000-0000-7000-8000-00000000000a', 'member', now(), now() FROM workspaces;
     INSERT INTO time_entries (id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, billable, description, created_at, updated_at)
     SELECT e.id, c.workspace_id, e.user_id, c.project_id, c.id, e.start, e.stop, e.billable, replace(e.description, 'note 2', ''), now(), now()
     FROM (VALUES ${rows.join(', ')}) AS e (id, user_id, category, start, stop, billable, description) JOIN categories c ON c.id = e.category;
     INSERT INTO time_entry_tags (workspace_id, time_entry_id, tag_id)
     SELECT e.workspace_id, e.id, t.id FROM time_entries e JOIN tags t ON t.workspace_id = e.workspace_id
     WHERE e.description = 'note 0' OR e.description = 'note 1' AND t.name = 'urgent'`,
    url,
  );
  return running;
}

test('every cell is what a second computation finds', async (t) => {
  const running = await filled(t);
  const next = random(SEED + 1);
  let figures = 0;
  for (const [from, to] of SEASONS) {
    const entries = await rawEntries(running.url, from, to);
    assert.ok(entries.length >= 60, `${entries.length} entries around ${from}`);
    for (let round = 0; round < 60; round += 1) {
      const { compared, differences, asked } = await check(running.url, entries, question(next, from, to, 40));
      assert.deepEqual(differences, [], `seed ${SEED}: ${asked}`);
      figures += compared;
    }
  }
  assert.ok(figures > 10_000, `${figures} figures`);
  t.diagnostic(`${figures} figures compared in ${ZONES.length} time zones`);
});
