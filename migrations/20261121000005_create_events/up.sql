-- The log of what has changed: what live updates are told from.
--
-- Every statement that changes a row that people see leaves rows here, in the same transaction, by triggers: no way of writing can
-- forget it, and nothing is told that is not committed. Rows stay for an hour, so that a client that was away can ask for what it missed.
--
-- Transactions commit in another order than they begin, so neither ids nor times tell a reader what it has seen: a row with a smaller
-- id may appear later. Each row therefore names its transaction, and a reader remembers a snapshot (pg_current_snapshot): what it has
-- not seen is what that snapshot does not see, exactly, however long a transaction takes. Nobody waits for anybody.

CREATE TABLE events (
    id bigint GENERATED ALWAYS AS IDENTITY,
    -- bigint, because xid8 has no arithmetic and few drivers know it.
    transaction_id bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    -- No foreign keys: the log outlives what it tells of.
    workspace_id uuid NOT NULL,
    -- Who alone may hear of it; null for everybody in the workspace.
    user_id uuid,
    kind text NOT NULL,
    change text NOT NULL,
    -- Null when one statement changed more than a client would ask for one by one.
    object_id uuid,
    revision bigint,
    -- Whether the running entry is concerned.
    timer boolean NOT NULL DEFAULT false,
    -- The database's clock at the statement, not the server's: only the age of rows is ever looked at.
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT events_pkey PRIMARY KEY (transaction_id, id),
    CONSTRAINT events_kind_valid
        CHECK (kind IN ('entry', 'client', 'project', 'category', 'tag', 'user', 'workspace', 'membership')),
    CONSTRAINT events_change_valid CHECK (change IN ('created', 'updated', 'deleted'))
);
CREATE INDEX events_by_workspace ON events (workspace_id, transaction_id, id);

-- The log is complete after its oldest row, so there must be one from the beginning. It belongs to nobody's workspace.
INSERT INTO events (workspace_id, kind, change) VALUES ('00000000-0000-0000-0000-000000000000', 'workspace', 'created');

-- Which log this is. After a restore, a failover or a move the numbers of transactions may come again with another meaning: then the
-- name is another one, and what was remembered of the old log is worth nothing.
CREATE FUNCTION event_log_name() RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
    name text := (SELECT oid FROM pg_database WHERE datname = current_database());
BEGIN
    name := name || ' ' || (SELECT system_identifier FROM pg_control_system())
        || ' ' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8);
    RETURN to_hex(hashtextextended(name, 0));
EXCEPTION
    -- Some hosted databases do not let one ask; then the database's own number has to do.
    WHEN insufficient_privilege OR feature_not_supported OR object_not_in_prerequisite_state THEN
        RETURN to_hex(hashtextextended(name, 0));
END
$$;

-- Wakes the servers once the transaction is committed; within one transaction PostgreSQL sends it once.
CREATE FUNCTION notify_events() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM new_rows) THEN
        PERFORM pg_notify('clockwork_events', '');
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER events_notify AFTER INSERT ON events
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION notify_events();

CREATE FUNCTION event_change(operation text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE operation WHEN 'INSERT' THEN 'created' WHEN 'UPDATE' THEN 'updated' ELSE 'deleted' END;

-- Up to this many rows of one statement are told one by one.
CREATE FUNCTION events_per_statement() RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 100;

-- For tables with workspace_id, id and revision, whose rows all members see. The argument is the kind.
CREATE FUNCTION publish_shared() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF (SELECT count(*) FROM old_rows) > events_per_statement() THEN
            INSERT INTO events (workspace_id, kind, change) SELECT DISTINCT workspace_id, TG_ARGV[0], 'deleted' FROM old_rows;
        ELSE
            INSERT INTO events (workspace_id, kind, change, object_id) SELECT workspace_id, TG_ARGV[0], 'deleted', id FROM old_rows;
        END IF;
    ELSIF (SELECT count(*) FROM new_rows) > events_per_statement() THEN
        INSERT INTO events (workspace_id, kind, change)
        SELECT DISTINCT workspace_id, TG_ARGV[0], event_change(TG_OP) FROM new_rows;
    ELSE
        INSERT INTO events (workspace_id, kind, change, object_id, revision)
        SELECT workspace_id, TG_ARGV[0], event_change(TG_OP), id, revision FROM new_rows;
    END IF;
    RETURN NULL;
END
$$;

-- For time entries, which are their user's.
CREATE FUNCTION publish_entries() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF (SELECT count(*) FROM new_rows) > events_per_statement() THEN
            INSERT INTO events (workspace_id, user_id, kind, change, timer)
            SELECT workspace_id, user_id, 'entry', 'created', bool_or(stopped_at IS NULL) FROM new_rows GROUP BY workspace_id, user_id;
        ELSE
            INSERT INTO events (workspace_id, user_id, kind, change, object_id, revision, timer)
            SELECT workspace_id, user_id, 'entry', 'created', id, revision, stopped_at IS NULL FROM new_rows;
        END IF;
    ELSIF TG_OP = 'UPDATE' THEN
        IF (SELECT count(*) FROM new_rows) > events_per_statement() THEN
            -- Without a look at which row was which: of many, one may well be the running one.
            INSERT INTO events (workspace_id, user_id, kind, change, timer)
            SELECT DISTINCT workspace_id, user_id, 'entry', 'updated', true FROM new_rows;
        ELSE
            INSERT INTO events (workspace_id, user_id, kind, change, object_id, revision, timer)
            SELECT n.workspace_id, n.user_id, 'entry', 'updated', n.id, n.revision, n.stopped_at IS NULL OR o.stopped_at IS NULL
            FROM new_rows n JOIN old_rows o ON o.id = n.id;
        END IF;
    ELSIF (SELECT count(*) FROM old_rows) > events_per_statement() THEN
        INSERT INTO events (workspace_id, user_id, kind, change, timer)
        SELECT workspace_id, user_id, 'entry', 'deleted', bool_or(stopped_at IS NULL) FROM old_rows GROUP BY workspace_id, user_id;
    ELSE
        INSERT INTO events (workspace_id, user_id, kind, change, object_id, timer)
        SELECT workspace_id, user_id, 'entry', 'deleted', id, stopped_at IS NULL FROM old_rows;
    END IF;
    RETURN NULL;
END
$$;

-- An entry is changed by what is tied to it. When it goes itself its tags go first or after it, and its own row tells.
CREATE FUNCTION publish_tagged_entries() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO events (workspace_id, user_id, kind, change, object_id, revision, timer)
        SELECT DISTINCT e.workspace_id, e.user_id, 'entry', 'updated', CASE WHEN many THEN NULL ELSE e.id END,
            CASE WHEN many THEN NULL ELSE e.revision END, many OR e.stopped_at IS NULL
        FROM old_rows r JOIN time_entries e ON e.workspace_id = r.workspace_id AND e.id = r.time_entry_id,
            (SELECT count(*) > events_per_statement() AS many FROM old_rows) AS size;
    ELSE
        INSERT INTO events (workspace_id, user_id, kind, change, object_id, revision, timer)
        SELECT DISTINCT e.workspace_id, e.user_id, 'entry', 'updated', CASE WHEN many THEN NULL ELSE e.id END,
            CASE WHEN many THEN NULL ELSE e.revision END, many OR e.stopped_at IS NULL
        FROM new_rows r JOIN time_entries e ON e.workspace_id = r.workspace_id AND e.id = r.time_entry_id,
            (SELECT count(*) > events_per_statement() AS many FROM new_rows) AS size;
    END IF;
    RETURN NULL;
END
$$;

-- A person, told in each of their workspaces, to themselves alone.
CREATE FUNCTION publish_users() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO events (workspace_id, user_id, kind, change, object_id, revision)
        SELECT m.workspace_id, n.id, 'user', event_change(TG_OP), n.id, n.revision FROM new_rows n JOIN memberships m ON m.user_id = n.id;
    END IF;
    -- A person who is deleted was taken out of every workspace before, and that was told.
    RETURN NULL;
END
$$;

CREATE FUNCTION publish_workspaces() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO events (workspace_id, kind, change, object_id) SELECT id, 'workspace', 'deleted', id FROM old_rows;
    ELSE
        INSERT INTO events (workspace_id, kind, change, object_id, revision)
        SELECT id, 'workspace', event_change(TG_OP), id, revision FROM new_rows;
    END IF;
    RETURN NULL;
END
$$;

-- What somebody may do in a workspace, told to them alone. The object is the person.
CREATE FUNCTION publish_memberships() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO events (workspace_id, user_id, kind, change, object_id)
        SELECT workspace_id, user_id, 'membership', 'deleted', user_id FROM old_rows;
    ELSE
        INSERT INTO events (workspace_id, user_id, kind, change, object_id, revision)
        SELECT workspace_id, user_id, 'membership', event_change(TG_OP), user_id, revision FROM new_rows;
    END IF;
    RETURN NULL;
END
$$;

-- Transition tables belong to one kind of statement each, so every table has three triggers.
CREATE TRIGGER clients_publish_insert AFTER INSERT ON clients
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_shared('client');
CREATE TRIGGER clients_publish_update AFTER UPDATE ON clients
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_shared('client');
CREATE TRIGGER clients_publish_delete AFTER DELETE ON clients
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_shared('client');
CREATE TRIGGER projects_publish_insert AFTER INSERT ON projects
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_shared('project');
CREATE TRIGGER projects_publish_update AFTER UPDATE ON projects
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_shared('project');
CREATE TRIGGER projects_publish_delete AFTER DELETE ON projects
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_shared('project');
CREATE TRIGGER categories_publish_insert AFTER INSERT ON categories
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_shared('category');
CREATE TRIGGER categories_publish_update AFTER UPDATE ON categories
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_shared('category');
CREATE TRIGGER categories_publish_delete AFTER DELETE ON categories
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_shared('category');
CREATE TRIGGER tags_publish_insert AFTER INSERT ON tags
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_shared('tag');
CREATE TRIGGER tags_publish_update AFTER UPDATE ON tags
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_shared('tag');
CREATE TRIGGER tags_publish_delete AFTER DELETE ON tags
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_shared('tag');
CREATE TRIGGER time_entries_publish_insert AFTER INSERT ON time_entries
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_entries();
CREATE TRIGGER time_entries_publish_update AFTER UPDATE ON time_entries
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_entries();
CREATE TRIGGER time_entries_publish_delete AFTER DELETE ON time_entries
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_entries();
CREATE TRIGGER time_entry_tags_publish_insert AFTER INSERT ON time_entry_tags
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_tagged_entries();
CREATE TRIGGER time_entry_tags_publish_update AFTER UPDATE ON time_entry_tags
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_tagged_entries();
CREATE TRIGGER time_entry_tags_publish_delete AFTER DELETE ON time_entry_tags
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_tagged_entries();
CREATE TRIGGER users_publish_insert AFTER INSERT ON users
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_users();
CREATE TRIGGER users_publish_update AFTER UPDATE ON users
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_users();
CREATE TRIGGER users_publish_delete AFTER DELETE ON users
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_users();
CREATE TRIGGER workspaces_publish_insert AFTER INSERT ON workspaces
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_workspaces();
CREATE TRIGGER workspaces_publish_update AFTER UPDATE ON workspaces
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_workspaces();
CREATE TRIGGER workspaces_publish_delete AFTER DELETE ON workspaces
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_workspaces();
CREATE TRIGGER memberships_publish_insert AFTER INSERT ON memberships
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_memberships();
CREATE TRIGGER memberships_publish_update AFTER UPDATE ON memberships
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_memberships();
CREATE TRIGGER memberships_publish_delete AFTER DELETE ON memberships
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_memberships();
