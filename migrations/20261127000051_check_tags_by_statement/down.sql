DROP TRIGGER tags_truncated_unused ON tags;
DROP TRIGGER tags_key_fixed ON tags;
DROP TRIGGER tags_taken_off_entries ON tags;
DROP TRIGGER time_entry_tags_tag_exists_update ON time_entry_tags;
DROP TRIGGER time_entry_tags_tag_exists_insert ON time_entry_tags;
DROP FUNCTION refuse_truncation_of_used_tags();
DROP FUNCTION refuse_tag_key_change();
DROP FUNCTION take_deleted_tag_off();
DROP FUNCTION require_tags();
ALTER TABLE time_entry_tags ADD CONSTRAINT time_entry_tags_tag_fkey
    FOREIGN KEY (workspace_id, tag_id) REFERENCES tags (workspace_id, id) ON DELETE CASCADE;
