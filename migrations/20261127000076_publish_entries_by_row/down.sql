CREATE FUNCTION changes_many_rows() RETURNS boolean
LANGUAGE sql STABLE
RETURN coalesce(current_setting('clockwork.many_rows', true) = 'on', false);

CREATE FUNCTION publish_entry() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO events (workspace_id, user_id, kind, change, object_id, revision, timer)
        VALUES (NEW.workspace_id, NEW.user_id, 'entry', 'created', NEW.id, NEW.revision, NEW.stopped_at IS NULL);
    ELSE
        INSERT INTO events (workspace_id, user_id, kind, change, object_id, revision, timer)
        VALUES (NEW.workspace_id, NEW.user_id, 'entry', 'updated', NEW.id, NEW.revision, NEW.stopped_at IS NULL OR OLD.stopped_at IS NULL);
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER time_entries_publish_inserted AFTER INSERT ON time_entries
    FOR EACH ROW WHEN (NOT changes_many_rows()) EXECUTE FUNCTION publish_entry();
CREATE OR REPLACE TRIGGER time_entries_publish_updated AFTER UPDATE ON time_entries
    FOR EACH ROW WHEN (NOT changes_many_rows()) EXECUTE FUNCTION publish_entry();
CREATE TRIGGER time_entries_publish_insert AFTER INSERT ON time_entries
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT WHEN (changes_many_rows()) EXECUTE FUNCTION publish_entries();
CREATE TRIGGER time_entries_publish_update AFTER UPDATE ON time_entries
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT WHEN (changes_many_rows()) EXECUTE FUNCTION publish_entries();
DROP FUNCTION publish_created_entry();
DROP FUNCTION publish_updated_entry();
DROP FUNCTION note_published(text);
