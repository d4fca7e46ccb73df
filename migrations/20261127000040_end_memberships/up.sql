-- A membership ends by a date instead of by a DELETE. Entries, and with them the name of whoever tracked them, go on pointing at it: the
-- foreign key of time_entries would refuse the DELETE for every member who has tracked anything.

-- Null while the user is a member. The release before does not know the column: it asks no membership for anything.
ALTER TABLE memberships ADD COLUMN left_at timestamptz;

-- As before, but a former member is told nothing.
CREATE OR REPLACE FUNCTION publish_users() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO events (workspace_id, user_id, kind, change, object_id, revision)
        SELECT m.workspace_id, n.id, 'user', event_change(TG_OP), n.id, n.revision
        FROM new_rows n JOIN memberships m ON m.user_id = n.id AND m.left_at IS NULL;
    END IF;
    -- A person who is deleted was taken out of every workspace before, and that was told.
    RETURN NULL;
END
$$;

-- As before, but a membership that has ended is a deleted one. Streams of the user in the workspace end by it.
CREATE OR REPLACE FUNCTION publish_memberships() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO events (workspace_id, user_id, kind, change, object_id)
        SELECT workspace_id, user_id, 'membership', 'deleted', user_id FROM old_rows;
    ELSE
        INSERT INTO events (workspace_id, user_id, kind, change, object_id, revision)
        SELECT workspace_id, user_id, 'membership', CASE WHEN left_at IS NULL THEN event_change(TG_OP) ELSE 'deleted' END, user_id,
            CASE WHEN left_at IS NULL THEN revision END
        FROM new_rows;
    END IF;
    RETURN NULL;
END
$$;
