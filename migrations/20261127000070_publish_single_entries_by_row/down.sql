CREATE OR REPLACE TRIGGER time_entries_publish_insert AFTER INSERT ON time_entries
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_entries();
CREATE OR REPLACE TRIGGER time_entries_publish_update AFTER UPDATE ON time_entries
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION publish_entries();
DROP TRIGGER time_entries_publish_inserted ON time_entries;
DROP TRIGGER time_entries_publish_updated ON time_entries;
DROP FUNCTION publish_entry();
DROP FUNCTION changes_many_rows();
