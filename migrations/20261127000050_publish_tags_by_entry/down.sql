CREATE OR REPLACE FUNCTION publish_tagged_entries() RETURNS trigger
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
