CREATE OR REPLACE FUNCTION publish_memberships() RETURNS trigger
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

CREATE OR REPLACE FUNCTION publish_users() RETURNS trigger
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

ALTER TABLE memberships DROP COLUMN left_at;
