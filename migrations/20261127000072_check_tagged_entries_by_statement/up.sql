-- The entry that a tag is put on exists, checked once for each entry of a statement.
--
-- As with the tag before (check_tags_by_statement): an import puts three tags on each of hundreds of thousands of entries, and the foreign key
-- looked up each entry three times, by a query of its own. The triggers below keep what the foreign key kept, against every writer:
--
--   * a statement that puts tags on entries locks the entries FOR KEY SHARE until the end of its transaction, and fails if one is missing;
--   * the deletion of an entry waits for such transactions, and they wait for it. Then it deletes the tags on the entry: in a READ COMMITTED
--     transaction the trigger's statement sees everything that has been committed by then. A transaction with an older snapshot would miss
--     some, so it may not delete entries;
--   * the key of an entry never changes;
--   * TRUNCATE empties entries together with the tags on them, or not at all.
--
-- The error is the one of the foreign key, with its name.

-- squawk-ignore ban-drop-constraint
ALTER TABLE time_entry_tags DROP CONSTRAINT time_entry_tags_entry_fkey;

CREATE FUNCTION require_tagged_entries() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    missing uuid;
BEGIN
    -- One statement: an entry counts only if it is locked.
    SELECT w.time_entry_id INTO missing
    FROM (SELECT DISTINCT workspace_id, time_entry_id FROM new_rows) AS w
    WHERE NOT EXISTS (
        SELECT FROM time_entries e WHERE e.workspace_id = w.workspace_id AND e.id = w.time_entry_id FOR KEY SHARE
    )
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the entry % that a tag is put on does not exist in its workspace', missing
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'time_entry_tags_entry_fkey', TABLE = 'time_entry_tags';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER time_entry_tags_entry_exists_insert AFTER INSERT ON time_entry_tags
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION require_tagged_entries();
CREATE TRIGGER time_entry_tags_entry_exists_update AFTER UPDATE ON time_entry_tags
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION require_tagged_entries();

CREATE FUNCTION delete_tags_of_deleted_entry() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN
        RAISE EXCEPTION 'an entry is deleted in a transaction with isolation level READ COMMITTED only'
            USING ERRCODE = 'feature_not_supported';
    END IF;
    DELETE FROM time_entry_tags WHERE workspace_id = OLD.workspace_id AND time_entry_id = OLD.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER time_entries_delete_tags AFTER DELETE ON time_entries
    FOR EACH ROW EXECUTE FUNCTION delete_tags_of_deleted_entry();

-- Only for statements that set one of them: a WHEN clause would be parsed and planned for every update of an entry.
CREATE FUNCTION refuse_entry_key_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.id <> OLD.id OR NEW.workspace_id <> OLD.workspace_id THEN
        RAISE EXCEPTION 'an entry cannot change its id or its workspace'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'time_entries_key_fixed', TABLE = 'time_entries';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER time_entries_key_fixed AFTER UPDATE OF id, workspace_id ON time_entries
    FOR EACH ROW EXECUTE FUNCTION refuse_entry_key_change();

-- After: a TRUNCATE that names both tables, or a table that both refer to, has emptied both by then.
CREATE FUNCTION refuse_truncation_of_tagged_entries() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable') OR EXISTS (SELECT FROM time_entry_tags) THEN
        RAISE EXCEPTION 'tags are on entries: truncate time_entry_tags with them, in a READ COMMITTED transaction'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'time_entry_tags_entry_fkey', TABLE = 'time_entry_tags';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER time_entries_truncated_untagged AFTER TRUNCATE ON time_entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncation_of_tagged_entries();
