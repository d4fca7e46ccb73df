CREATE OR REPLACE FUNCTION publish_entries() RETURNS trigger
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

-- Answers without a membership would refuse the key.
DELETE FROM idempotency_keys k
WHERE NOT EXISTS (SELECT FROM memberships m WHERE m.workspace_id = k.workspace_id AND m.user_id = k.user_id);
ALTER TABLE idempotency_keys ADD CONSTRAINT idempotency_keys_member_fkey FOREIGN KEY (workspace_id, user_id)
    REFERENCES memberships (workspace_id, user_id) ON DELETE CASCADE;
