-- A large installation, always the same: `just seed-large` runs this against an empty database with Clockwork's schema.
--
-- Five workspaces of different size over ten years. Few people track much, few categories hold most of the time, days of work are fuller than weekends. Everything
-- is computed from the number of the row, so that every run makes the same rows; nothing is drawn.
--
-- psql variables: `entries`, about how many entries to make in ten years; `from` and `until`, timestamps: only those of them that begin in between are written, everything else is the same.
\set ON_ERROR_STOP on
BEGIN;

-- The parts of a large number that another number selects: a hash that spreads well, and is the same everywhere.
CREATE FUNCTION pg_temp.spread(n bigint, salt bigint, below bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (hashint8extended(n, salt) & 9223372036854775807) % below;
CREATE FUNCTION pg_temp.id(kind int, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (lpad(to_hex(kind), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid;

-- The largest workspace and its first person are those of an installation without accounts.
CREATE FUNCTION pg_temp.workspace(n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE n WHEN 1 THEN '00000000-0000-7000-8000-000000000002'::uuid ELSE ('00000001-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid END;
CREATE FUNCTION pg_temp.person(n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE n WHEN 1001 THEN '00000000-0000-7000-8000-000000000001'::uuid ELSE ('00000002-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid END;

CREATE TEMPORARY TABLE sizes (workspace int, share numeric, people int, projects int, clients int, tags int) ON COMMIT DROP;
INSERT INTO sizes VALUES (1, 0.60, 100, 200, 40, 30), (2, 0.20, 40, 80, 20, 20), (3, 0.12, 15, 40, 10, 15), (4, 0.06, 8, 20, 5, 10), (5, 0.02, 2, 6, 2, 5);

INSERT INTO workspaces (id, name, time_zone, created_at, updated_at)
SELECT pg_temp.workspace(workspace), 'Workspace ' || workspace, 'Europe/Berlin', '2016-01-01Z', '2016-01-01Z' FROM sizes;
INSERT INTO users (id, name, time_zone, created_at, updated_at)
SELECT pg_temp.person(workspace * 1000 + n), 'Person ' || workspace || '.' || n, 'Europe/Berlin', '2016-01-01Z', '2016-01-01Z' FROM sizes, generate_series(1, people) n;
INSERT INTO memberships (workspace_id, user_id, role, created_at, updated_at)
SELECT pg_temp.workspace(workspace), pg_temp.person(workspace * 1000 + n), CASE n WHEN 1 THEN 'owner' WHEN 2 THEN 'manager' ELSE 'member' END, '2016-01-01Z', '2016-01-01Z'
FROM sizes, generate_series(1, people) n;
INSERT INTO clients (id, workspace_id, name, created_at, updated_at)
SELECT pg_temp.id(3, workspace * 1000 + n), pg_temp.workspace(workspace), 'Client ' || n, '2016-01-01Z', '2016-01-01Z' FROM sizes, generate_series(1, clients) n;
INSERT INTO projects (id, workspace_id, client_id, name, color, billable, created_at, updated_at)
SELECT pg_temp.id(4, workspace * 1000 + n), pg_temp.workspace(workspace), CASE WHEN n % 5 > 0 THEN pg_temp.id(3, workspace * 1000 + 1 + n % clients) END, 'Project ' || n, '#336699',
    n % 4 > 0, '2016-01-01Z', '2016-01-01Z'
FROM sizes, generate_series(1, projects) n;
-- Three roots in each project, three categories below each, three below each of these: 39.
INSERT INTO categories (id, workspace_id, project_id, parent_category_id, name, created_at, updated_at)
SELECT pg_temp.id(5, (workspace * 1000 + n) * 100 + c), pg_temp.workspace(workspace), pg_temp.id(4, workspace * 1000 + n),
    CASE WHEN c > 3 THEN pg_temp.id(5, (workspace * 1000 + n) * 100 + (c - 1) / 3) END, 'Category ' || c, '2016-01-01Z', '2016-01-01Z'
FROM sizes, generate_series(1, projects) n, generate_series(1, 39) c;
INSERT INTO tags (id, workspace_id, name, created_at, updated_at)
SELECT pg_temp.id(6, workspace * 1000 + n), pg_temp.workspace(workspace), 'tag ' || n, '2016-01-01Z', '2016-01-01Z' FROM sizes, generate_series(1, tags) n;
COMMIT;

-- Entries go in without the triggers that tell live updates and check what is right by its making.
BEGIN;
SET LOCAL session_replication_role = replica;
SET LOCAL synchronous_commit = off;
INSERT INTO time_entries (id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, description, billable, created_at, updated_at)
SELECT pg_temp.id(7 * 16 + s.workspace, e.n),
    pg_temp.workspace(s.workspace), pg_temp.person(s.workspace * 1000 + 1 + least(e.p1, e.p2)), pg_temp.id(4, s.workspace * 1000 + e.project),
    pg_temp.id(5, (s.workspace * 1000 + e.project) * 100 + e.category),
    e.started_at, e.started_at + e.seconds * interval '1 second', 'Work item ' || e.item, e.project % 4 > 0, e.started_at, e.started_at
FROM (VALUES (1, 0.60, 100, 200), (2, 0.20, 40, 80), (3, 0.12, 15, 40), (4, 0.06, 8, 20), (5, 0.02, 2, 6)) AS s (workspace, share, people, projects)
CROSS JOIN LATERAL (
    SELECT n,
        -- Of two the smaller: the first people, projects and categories have most.
        pg_temp.spread(n, 1, s.people) AS p1, pg_temp.spread(n, 2, s.people) AS p2,
        1 + least(pg_temp.spread(n, 3, s.projects), pg_temp.spread(n, 4, s.projects), pg_temp.spread(n, 5, s.projects)) AS project,
        1 + least(pg_temp.spread(n, 6, 39), pg_temp.spread(n, 7, 39)) AS category,
        -- In the order of time, as entries come; a day has 16 hours of starts. One in a hundred goes over midnight.
        timestamptz '2016-01-04T05:00:00Z' + (n::numeric * 3652 / total)::int * interval '1 day' + pg_temp.spread(n, 8, 57600) * interval '1 second' AS started_at,
        60 + least(pg_temp.spread(n, 9, 14400), pg_temp.spread(n, 10, 14400)) + CASE WHEN n % 100 = 0 THEN 28800 ELSE 0 END AS seconds,
        pg_temp.spread(n, 11, 500) AS item
    FROM (SELECT (s.share * :entries)::bigint AS total) AS size CROSS JOIN LATERAL generate_series(1, total) n
) AS e
WHERE e.started_at >= :'from' AND e.started_at < :'until';
INSERT INTO time_entry_tags (workspace_id, time_entry_id, tag_id)
SELECT e.workspace_id, e.id, t.id FROM time_entries e
JOIN LATERAL (SELECT id FROM tags WHERE workspace_id = e.workspace_id ORDER BY id OFFSET (hashtextextended(e.id::text, 1) & 3) LIMIT 1) AS t ON (hashtextextended(e.id::text, 2) & 7) = 0;
COMMIT;
VACUUM (ANALYZE) time_entries;
ANALYZE;
