DROP TRIGGER tags_publish_delete ON tags;
CREATE TRIGGER tags_publish_delete AFTER DELETE ON tags
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_shared('tag');
DROP TRIGGER tags_publish_update ON tags;
CREATE TRIGGER tags_publish_update AFTER UPDATE ON tags
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_shared('tag');
DROP FUNCTION publish_tags();

-- Nothing would delete the marked ones any more.
DELETE FROM tags WHERE deleted_at IS NOT NULL;
ALTER TABLE tags DROP COLUMN deleted_at;
