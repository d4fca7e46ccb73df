DROP TRIGGER time_entries_truncated_untagged ON time_entries;
DROP TRIGGER time_entries_key_fixed ON time_entries;
DROP TRIGGER time_entries_delete_tags ON time_entries;
DROP TRIGGER time_entry_tags_entry_exists_update ON time_entry_tags;
DROP TRIGGER time_entry_tags_entry_exists_insert ON time_entry_tags;
DROP FUNCTION refuse_truncation_of_tagged_entries();
DROP FUNCTION refuse_entry_key_change();
DROP FUNCTION delete_tags_of_deleted_entry();
DROP FUNCTION require_tagged_entries();
ALTER TABLE time_entry_tags ADD CONSTRAINT time_entry_tags_entry_fkey
    FOREIGN KEY (workspace_id, time_entry_id) REFERENCES time_entries (workspace_id, id) ON DELETE CASCADE;
