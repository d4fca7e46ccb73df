-- A tag that is being deleted. It may be on a million entries, each of which is changed by that, so a deletion is not one statement: the
-- row is marked, from then on no request sees it, and a background job takes it off its entries in batches and deletes it at last.
--
-- A marked tag has a made-up name, so its own is free at once, for the release before this one as well. That release goes on showing the
-- tag under the made-up name until the job is done.
ALTER TABLE tags ADD COLUMN deleted_at timestamptz;

-- To everybody who listens, the mark is the deletion. The end of the row is not told again.
CREATE FUNCTION publish_tags() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF (SELECT count(*) FROM old_rows) > events_per_statement() THEN
            INSERT INTO events (workspace_id, kind, change)
            SELECT DISTINCT workspace_id, 'tag', 'deleted' FROM old_rows WHERE deleted_at IS NULL;
        ELSE
            INSERT INTO events (workspace_id, kind, change, object_id)
            SELECT workspace_id, 'tag', 'deleted', id FROM old_rows WHERE deleted_at IS NULL;
        END IF;
    ELSIF (SELECT count(*) FROM new_rows) > events_per_statement() THEN
        INSERT INTO events (workspace_id, kind, change) SELECT DISTINCT workspace_id, 'tag', 'updated' FROM new_rows;
    ELSE
        INSERT INTO events (workspace_id, kind, change, object_id, revision)
        SELECT workspace_id, 'tag', CASE WHEN deleted_at IS NULL THEN 'updated' ELSE 'deleted' END, id,
            CASE WHEN deleted_at IS NULL THEN revision END
        FROM new_rows;
    END IF;
    RETURN NULL;
END
$$;
DROP TRIGGER tags_publish_update ON tags;
CREATE TRIGGER tags_publish_update AFTER UPDATE ON tags
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_tags();
DROP TRIGGER tags_publish_delete ON tags;
CREATE TRIGGER tags_publish_delete AFTER DELETE ON tags
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_tags();
