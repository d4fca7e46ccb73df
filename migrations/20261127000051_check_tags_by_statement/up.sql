-- A tag on an entry exists, checked once for each tag of a statement.
--
-- A foreign key checks each row by itself. An import puts the same hundred tags on hundreds of thousands of entries, and a fifth of its time
-- went into looking up the same hundred rows a million times. The triggers below keep what the foreign key kept, against every writer:
--
--   * a statement that puts a tag on an entry locks the tag FOR KEY SHARE until the end of its transaction, and fails if there is none;
--   * the deletion of a tag waits for such transactions, and they wait for it. Then it takes the tag off all entries: in a READ COMMITTED
--     transaction the trigger's statement sees everything that has been committed by then. A transaction with an older snapshot would miss
--     some, so it may not delete tags. Foreign keys have a private means for that, which triggers in SQL lack;
--   * the key of a tag never changes;
--   * TRUNCATE empties tags together with the tags on entries, or not at all.
--
-- The error is the one of the foreign key, with its name, which servers know.

-- squawk-ignore ban-drop-constraint
ALTER TABLE time_entry_tags DROP CONSTRAINT time_entry_tags_tag_fkey;

CREATE FUNCTION require_tags() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    missing uuid;
BEGIN
    -- One statement: a tag counts only if it is locked.
    SELECT w.tag_id INTO missing
    FROM (SELECT DISTINCT workspace_id, tag_id FROM new_rows) AS w
    WHERE NOT EXISTS (SELECT FROM tags t WHERE t.workspace_id = w.workspace_id AND t.id = w.tag_id FOR KEY SHARE)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the tag % of an entry does not exist in its workspace', missing
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'time_entry_tags_tag_fkey', TABLE = 'time_entry_tags';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER time_entry_tags_tag_exists_insert AFTER INSERT ON time_entry_tags
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION require_tags();
CREATE TRIGGER time_entry_tags_tag_exists_update AFTER UPDATE ON time_entry_tags
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION require_tags();

CREATE FUNCTION take_deleted_tag_off() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN
        RAISE EXCEPTION 'a tag is deleted in a transaction with isolation level READ COMMITTED only'
            USING ERRCODE = 'feature_not_supported';
    END IF;
    DELETE FROM time_entry_tags WHERE workspace_id = OLD.workspace_id AND tag_id = OLD.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER tags_taken_off_entries AFTER DELETE ON tags FOR EACH ROW EXECUTE FUNCTION take_deleted_tag_off();

CREATE FUNCTION refuse_tag_key_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a tag cannot change its id or its workspace'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'tags_key_fixed', TABLE = 'tags';
END
$$;
CREATE TRIGGER tags_key_fixed AFTER UPDATE ON tags
    FOR EACH ROW WHEN (NEW.id <> OLD.id OR NEW.workspace_id <> OLD.workspace_id) EXECUTE FUNCTION refuse_tag_key_change();

-- After: a TRUNCATE that names both tables, or a table that both refer to, has emptied both by then.
CREATE FUNCTION refuse_truncation_of_used_tags() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable') OR EXISTS (SELECT FROM time_entry_tags) THEN
        RAISE EXCEPTION 'tags are on entries: truncate time_entry_tags with them, in a READ COMMITTED transaction'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'time_entry_tags_tag_fkey', TABLE = 'time_entry_tags';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER tags_truncated_unused AFTER TRUNCATE ON tags
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncation_of_used_tags();
