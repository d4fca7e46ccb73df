-- What each start and stop of a timer pays for and nothing needs.

-- A stored answer is kept for a day, whatever becomes of the membership: it is found by its key only, and deleted by its age. The check cost
-- a tenth of a start with a key.
-- squawk-ignore ban-drop-constraint
ALTER TABLE idempotency_keys DROP CONSTRAINT idempotency_keys_member_fkey;

-- As before, but a statement that changed no row is left at once: a start that finds nothing running updates none.
CREATE OR REPLACE FUNCTION publish_entries() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    changed bigint;
BEGIN
    IF TG_OP = 'DELETE' THEN
        changed := (SELECT count(*) FROM old_rows);
    ELSE
        changed := (SELECT count(*) FROM new_rows);
    END IF;
    IF changed = 0 THEN
        RETURN NULL;
    ELSIF TG_OP = 'INSERT' THEN
        IF changed > events_per_statement() THEN
            INSERT INTO events (workspace_id, user_id, kind, change, timer)
            SELECT workspace_id, user_id, 'entry', 'created', bool_or(stopped_at IS NULL) FROM new_rows GROUP BY workspace_id, user_id;
        ELSE
            INSERT INTO events (workspace_id, user_id, kind, change, object_id, revision, timer)
            SELECT workspace_id, user_id, 'entry', 'created', id, revision, stopped_at IS NULL FROM new_rows;
        END IF;
    ELSIF TG_OP = 'UPDATE' THEN
        IF changed > events_per_statement() THEN
            -- Without a look at which row was which: of many, one may well be the running one.
            INSERT INTO events (workspace_id, user_id, kind, change, timer)
            SELECT DISTINCT workspace_id, user_id, 'entry', 'updated', true FROM new_rows;
        ELSE
            INSERT INTO events (workspace_id, user_id, kind, change, object_id, revision, timer)
            SELECT n.workspace_id, n.user_id, 'entry', 'updated', n.id, n.revision, n.stopped_at IS NULL OR o.stopped_at IS NULL
            FROM new_rows n JOIN old_rows o ON o.id = n.id;
        END IF;
    ELSIF changed > events_per_statement() THEN
        INSERT INTO events (workspace_id, user_id, kind, change, timer)
        SELECT workspace_id, user_id, 'entry', 'deleted', bool_or(stopped_at IS NULL) FROM old_rows GROUP BY workspace_id, user_id;
    ELSE
        INSERT INTO events (workspace_id, user_id, kind, change, object_id, timer)
        SELECT workspace_id, user_id, 'entry', 'deleted', id, stopped_at IS NULL FROM old_rows;
    END IF;
    RETURN NULL;
END
$$;
